#include "winograd.h"

#include <algorithm>

#include "guard.h"
#include "parallel.h"
#include "statistics.h"

namespace {

constexpr int positions = winograd_points::positions;
// Tiles that a thread takes through the three stages at a time: a multiple of the products' blocks
// that keeps V and M of 256 channels near the second-level cache.
constexpr int chunk = 60;

int rounded_up(int value, int multiple) { return (value + multiple - 1) / multiple * multiple; }

std::vector<int> sources(int length, int tiles, int border, bool mirrored) {
  std::vector<int> from(4 * tiles + 2, -1);
  for (int i = 0; i < length + 2 * border; i++) {
    const int at = i - border;
    if (at >= 0 && at < length)
      from[i] = at;
    else if (mirrored)
      from[i] = at < 0 ? -at : 2 * length - 2 - at;
  }
  return from;
}

}  // namespace

winograd_geometry::winograd_geometry(int height, int width, int border, bool mirrored)
    : height(height),
      width(width),
      border(border),
      tile_rows((height + 2 * border + 1) / 4),
      tile_columns((width + 2 * border + 1) / 4),
      rows(sources(height, tile_rows, border, mirrored)),
      columns(sources(width, tile_columns, border, mirrored)) {}

winograd_shape winograd_geometry::shape(int input, int output, int lanes) const {
  return {
      height,      width,         input,        height + 2 * border - 2,  width + 2 * border - 2,
      output,      tile_rows,     tile_columns, rounded_up(input, lanes), rounded_up(output, lanes),
      rows.data(), columns.data()};
}

ck_winograd::ck_winograd(int input, int output, const float *weight)
    : input(input),
      output(output),
      table(kernels()),
      packed(floats_of(positions * position_floats())) {
  const int strip = table.strip, strips = (output + strip - 1) / strip;
  // Each thread is the first to touch what it writes, so that the pages come in parallel, too.
  constexpr int share = 32;
  const int shares = (input + share - 1) / share;
  in_parallel(strips * shares, [&](int i) {
    const int k = i / shares * strip, c = i % shares * share;
    table.transform_kernels(weight + static_cast<size_t>(k) * this->input * 9, this->input,
                            std::min(strip, this->output - k), c, std::min(this->input, c + share),
                            packed.get() + static_cast<size_t>(k) * this->input, position_floats());
  });
}

size_t ck_winograd::position_floats() const {
  return static_cast<size_t>(rounded_up(output, table.strip)) * input;
}

void ck_winograd::multiply(int position, const float *v, size_t v_row, float *m, size_t m_row,
                           int tiles) const {
  table.product(v, v_row, 1, packed.get() + position * position_floats(), table.strip,
                static_cast<size_t>(table.strip) * input, m, m_row, tiles,
                rounded_up(output, table.lanes), input);
}

void ck_winograd::run(const winograd_geometry &geometry, const float *x, const channel_map *map,
                      const float *bias, float *y, float *mean, float *scale, float epsilon) const {
  const winograd_shape shape = geometry.shape(input, output, table.lanes);
  const int tiles = shape.tile_rows * shape.tile_columns;
  const int chunks = (tiles + chunk - 1) / chunk;
  const int threads = std::min(chunks, ck_threads());
  const size_t v_position = static_cast<size_t>(chunk) * shape.input_padded;
  const size_t m_position = static_cast<size_t>(chunk) * shape.output_padded;
  float *scratch = scratch_floats(threads * positions * (v_position + m_position));
  thread_statistics statistics(threads, output);
  on_threads(threads, [&](int thread) {
    float *v = scratch + thread * positions * (v_position + m_position);
    float *m = v + positions * v_position;
    // Fixed shares, so that the same number of threads gives the same bits.
    for (int i = chunks * thread / threads; i < chunks * (thread + 1) / threads; i++) {
      const int first = i * chunk, count = std::min(chunk, tiles - first);
      table.input_tiles(shape, x, map, first, count, v, chunk);
      for (int q = 0; q < positions; q++)
        multiply(q, v + q * v_position, shape.input_padded, m + q * m_position, shape.output_padded,
                 count);
      table.output_tiles(shape, m, chunk, bias, first, count, y,
                         mean ? &statistics.of(thread) : nullptr);
    }
  });
  if (mean) statistics.finish(epsilon, mean, scale);
}

ck_status ck_winograd_create(int input, int output, const float *weight, ck_winograd **result,
                             ck_error *error) {
  *result = nullptr;
  return guarded(error, [&] { *result = new ck_winograd(input, output, weight); });
}

void ck_winograd_free(ck_winograd *winograd) { delete winograd; }

ck_status ck_winograd_run(const ck_winograd *winograd, const float *x, int height, int width,
                          const float *mean, const float *scale, const float *bias, float *y,
                          float *y_mean, float *y_scale, float epsilon, ck_error *error) {
  return guarded(error, [&] {
    const channel_map map{mean, scale};
    winograd->run(winograd_geometry(height, width, 1, true), x, mean ? &map : nullptr, bias, y,
                  y_mean, y_scale, epsilon);
  });
}

#include "inference/winograd.h"

#include <algorithm>

#include "guard.h"
#include "inference/normalization.h"
#include "reflection.h"
#include "rounding.h"
#include "threads.h"

using namespace ck;

namespace {

constexpr int positions = winograd_points::positions;
// Tiles that a thread takes through the three stages at a time: whole parts, few enough that V and
// M of 256 channels stay near the second-level cache.
constexpr int chunk = 32;
// Tiles whose statistics are gathered on their own.
constexpr int part = 8;

/// The rows of an image by the rows of its tiles, six of which follow each other by four.
std::vector<int> sources(int length, int tiles) {
  std::vector<int> from(4 * tiles + 2, -1);
  for (int i = 0; i < length + 2; i++) from[i] = ck::reflected(i - 1, length);
  return from;
}

}  // namespace

winograd_geometry::winograd_geometry(int height, int width)
    : height(height),
      width(width),
      tile_rows((height + 3) / 4),
      tile_columns((width + 3) / 4),
      rows(sources(height, tile_rows)),
      columns(sources(width, tile_columns)) {}

winograd_shape winograd_geometry::shape(int input, int output, int lanes) const {
  return {height,
          width,
          input,
          height,
          width,
          output,
          tile_rows,
          tile_columns,
          rounded_up(input, lanes),
          rounded_up(output, lanes),
          rows.data(),
          columns.data()};
}

ck_winograd::ck_winograd(int input, int output, const convolution_weights &weights)
    : input(input),
      output(output),
      table(kernels()),
      packed(floats_of(positions * position_floats())) {
  const int panel = table.panel, panels = (output + panel - 1) / panel;
  // Each thread is the first to touch what it writes, so that the pages come in parallel, too.
  constexpr int share = 32;
  const int shares = (input + share - 1) / share;
  in_parallel(panels * shares, [&](int i) {
    const int k = i / shares * panel, c = i % shares * share;
    convolution_weights from = weights;
    from.values += k * weights.output_step;
    table.transform_kernels(from, std::min(panel, this->output - k), c,
                            std::min(this->input, c + share),
                            packed.get() + static_cast<size_t>(k) * this->input, position_floats());
  });
}

size_t ck_winograd::position_floats() const {
  return spread(static_cast<size_t>(rounded_up(output, table.panel)) * input);
}

void ck_winograd::multiply(int position, const float *v, size_t v_row, float *m, size_t m_row,
                           int tiles) const {
  table.gemm({.a = v,
              .a_row = v_row,
              .a_column = 1,
              .b = packed.get() + position * position_floats(),
              .b_row = static_cast<size_t>(table.panel),
              .b_panel = static_cast<size_t>(table.panel) * input,
              .c = m,
              .c_row = m_row,
              .rows = tiles,
              .columns = rounded_up(output, table.lanes),
              .depth = input});
}

void ck_winograd::run(const winograd_geometry &geometry, int batch, const float *x,
                      const image_channels *map, const float *bias, float *y,
                      const image_channels *statistics, float epsilon) const {
  const winograd_shape shape = geometry.shape(input, output, table.lanes);
  const int tiles = shape.tile_rows * shape.tile_columns;
  const int parts = (tiles + part - 1) / part, chunks = (tiles + chunk - 1) / chunk;  // of an image
  const size_t x_image = static_cast<size_t>(shape.height) * shape.width * input;
  const size_t y_image = static_cast<size_t>(shape.output_height) * shape.output_width * output;
  const size_t v_position = spread(static_cast<size_t>(chunk) * shape.input_padded);
  const size_t m_position = spread(static_cast<size_t>(chunk) * shape.output_padded);
  const size_t thread_floats = positions * (v_position + m_position);
  float *scratch = scratch_floats(threads_for(batch * chunks) * thread_floats);
  std::vector<partial_statistics> gathered;
  for (int n = 0; statistics && n < batch; n++) gathered.emplace_back(parts, output);
  const auto run_tiles = [&](int n, int first, int count, float *v, float *m) {
    const channel_map own = map ? map->of(n) : channel_map{};
    table.input_tiles(shape, x + n * x_image, map ? &own : nullptr, first, count, v, v_position);
    for (int q = 0; q < positions; q++)
      multiply(q, v + q * v_position, shape.input_padded, m + q * m_position, shape.output_padded,
               count);
    for (int t = 0; t < count; t += part)
      table.output_tiles(shape, m + static_cast<size_t>(t) * shape.output_padded, m_position, bias,
                         first + t, std::min(part, count - t), y + n * y_image,
                         statistics ? &gathered[n].of((first + t) / part) : nullptr);
  };
  in_parallel_with_thread(batch * chunks, [&](int i, int thread) {
    float *v = scratch + thread * thread_floats;
    const int first = i % chunks * chunk;
    run_tiles(i / chunks, first, std::min(chunk, tiles - first), v, v + positions * v_position);
  });
  for (int n = 0; statistics && n < batch; n++)
    gathered[n].finish(epsilon, statistics->mean + n * statistics->step,
                       statistics->scale + n * statistics->step);
}

ck_status ck_winograd_create(int input, int output, const float *weight, ck_winograd **result,
                             ck_error *error) {
  *result = nullptr;
  return ck::guarded(error, [&] {
    *result = new ck_winograd(input, output, {weight, static_cast<size_t>(input) * 9, 9});
  });
}

void ck_winograd_free(ck_winograd *winograd) { delete winograd; }

ck_status ck_winograd_run(const ck_winograd *winograd, const float *x, int height, int width,
                          const float *mean, const float *scale, const float *bias, float *y,
                          float *y_mean, float *y_scale, float epsilon, ck_error *error) {
  return ck::guarded(error, [&] {
    const image_channels map{const_cast<float *>(mean), const_cast<float *>(scale), 0};
    const image_channels statistics{y_mean, y_scale, 0};
    winograd->run(winograd_geometry(height, width), 1, x, mean ? &map : nullptr, bias, y,
                  y_mean ? &statistics : nullptr, epsilon);
  });
}

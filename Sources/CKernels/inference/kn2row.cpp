#include "inference/kn2row.h"

#include <algorithm>
#include <stdexcept>

#include "guard.h"
#include "memory.h"
#include "reflection.h"
#include "rounding.h"
#include "threads.h"

/// The index in a row of `length` of what padding shows at `i`; -1 is a zero.
static int source(int i, int length, bool reflects) {
  return reflects ? ck::reflected(i, length) : i >= 0 && i < length ? i : -1;
}

ck_kn2row::ck_kn2row(int input, int output, int kernel, const float *weight,
                     ck::weight_strides strides, const float *bias_values)
    : input(input), output(output), kernel(kernel), table(ck::kernels()), bias(output) {
  if (output > most_channels) throw std::invalid_argument("more than 4 output channels");
  const int taps = kernel * kernel, lanes = table.lanes, panel = table.panel;
  columns = ck::rounded_up(taps * output + 4, lanes);
  packed.resize(static_cast<size_t>(columns + panel - 1) / panel * panel * input);
  for (int k = 0; k < output; k++)
    for (int c = 0; c < input; c++)
      for (int tap = 0; tap < taps; tap++) {
        const int column = tap * output + k;
        packed[(static_cast<size_t>(column / panel) * input + c) * panel + column % panel] =
            weight[k * strides.output + c * strides.input +
                   (strides.flipped ? taps - 1 - tap : tap)];
      }
  if (bias_values) bias.assign(bias_values, bias_values + output);
}

/// One call.
struct ck_kn2row::call {
  const ck_map &map;
  const float *x;
  int height, width;  // of x
  ck::padding padding;
  int y_width;
  std::vector<int> sources;  // the pixel of a row of x at each position of the padded one
  std::vector<float> zeros;  // the columns of a row outside of x
  float *y;
};

// Four outputs at once: a tap's column is followed by another's, or by what is to spare.
/// Adds up one row of the output from the columns of the k rows around it.
void ck_kn2row::sum(const call &c, const float *const *columns_of_rows, float *y) const {
  ck::four start{};
  for (int k = 0; k < output; k++) start[k] = bias[k];
  for (int column = 0; column < c.y_width; column++) {
    ck::four total = start;
    for (int i = 0; i < kernel; i++)
      for (int j = 0; j < kernel; j++)
        total += *reinterpret_cast<const ck::four *>(
            columns_of_rows[i] + static_cast<size_t>(c.sources[column + j]) * columns +
            (i * kernel + j) * output);
    for (int k = 0; k < output; k++) y[static_cast<size_t>(column) * output + k] = total[k];
  }
}

void ck_kn2row::rows(const call &c, int first, int end, float *scratch,
                     const float **columns_of_rows) const {
  // Behind the pixels of a row there is one of zeros.
  const size_t line = static_cast<size_t>(c.width + 1) * columns;
  float *ring = scratch, *mapped = scratch + kernel * line;
  for (int i = 0; i < kernel; i++)
    std::fill(ring + (i + 1) * line - columns, ring + (i + 1) * line, 0.f);
  // The rows below this one have their columns in the ring.
  int done = std::max(0, first - c.padding.size);
  for (int row = first; row < end; row++) {
    for (; done < std::min(c.height, row + kernel - c.padding.size); done++) {
      table.map_pixels(c.map, c.x + static_cast<size_t>(done) * c.width * input, nullptr, c.width,
                       input, mapped, input);
      table.gemm({.a = mapped,
                  .a_row = static_cast<size_t>(input),
                  .a_column = 1,
                  .b = packed.data(),
                  .b_row = static_cast<size_t>(table.panel),
                  .b_panel = static_cast<size_t>(table.panel) * input,
                  .c = ring + done % kernel * line,
                  .c_row = static_cast<size_t>(columns),
                  .rows = c.width,
                  .columns = columns,
                  .depth = input});
    }
    for (int i = 0; i < kernel; i++) {
      const int from = source(row + i - c.padding.size, c.height, c.padding.reflects);
      columns_of_rows[i] = from < 0 ? c.zeros.data() : ring + from % kernel * line;
    }
    sum(c, columns_of_rows, c.y + static_cast<size_t>(row) * c.y_width * output);
  }
}

void ck_kn2row::run(const ck_map &map, const float *x, int height, int width, ck::padding padding,
                    float *y) const {
  const int outside = 2 * padding.size - kernel + 1;
  call c{map, x, height, width, padding, width + outside, {}, {}, y};
  for (int i = 0; i < width + 2 * padding.size; i++) {
    const int from = source(i - padding.size, width, padding.reflects);
    c.sources.push_back(from < 0 ? width : from);
  }
  if (!padding.reflects) c.zeros.resize(static_cast<size_t>(width + 1) * columns);
  const int y_height = height + outside;
  // Each part computes the columns of `kernel` - 1 rows that its neighbor has, too: parts are long,
  // and as many as there are threads to take them, or twice as many where that costs little.
  const int threads = ck_threads_count(), longest = std::max(1, y_height / (4 * kernel));
  const int parts = std::min(threads == 1 ? 1 : 2 * threads, longest);
  const size_t each =
      static_cast<size_t>(width + 1) * kernel * columns + static_cast<size_t>(width) * input;
  // No thread may run out of memory on its own: nobody would catch it there.
  const int taking = ck::threads_for(parts);
  float *scratch = ck::scratch_floats(taking * each);
  std::vector<const float *> columns_of_rows(taking * kernel);
  ck::in_parallel_with_thread(parts, [&](int part, int thread) {
    rows(c, y_height * part / parts, y_height * (part + 1) / parts, scratch + thread * each,
         columns_of_rows.data() + thread * kernel);
  });
}

ck_status ck_kn2row_create(int input, int output, int kernel, const float *weight,
                           const float *bias, ck_kn2row **result, ck_error *error) {
  *result = nullptr;
  return ck::guarded(error, [&] {
    const size_t taps = static_cast<size_t>(kernel) * kernel;
    *result = new ck_kn2row(input, output, kernel, weight, {input * taps, taps, false}, bias);
  });
}

void ck_kn2row_free(ck_kn2row *kn2row) { delete kn2row; }

ck_status ck_kn2row_run(const ck_kn2row *kn2row, ck_map map, const float *x, int height, int width,
                        float *y, ck_error *error) {
  return ck::guarded(error, [&] {
    kn2row->run(map, x, height, width, {kn2row->reflection_padding(), true}, y);
  });
}

#include "training/gemm_convolution.h"

#include <algorithm>

#include "memory.h"
#include "rounding.h"
#include "simd/kernel_table.h"
#include "threads.h"
#include "training/sizes.h"

using namespace ck;

namespace {

// Floats of dy that meet all taps of some inputs before the next ones do: they stay in the
// second-level cache.
constexpr int dy_floats = 64 << 10;
// Inputs that a thread takes at a time, a multiple of the rows in a tile of the GEMM. Where an
// image has fewer, a thread takes a row of the kernel.
constexpr int block = 12;
// Outputs whose sums are brought together at a time.
constexpr int some_outputs = 16;

/// One call: dw is, tap by tap, the product of x, moved by the tap and transposed, with dy.
struct call : convolution_sizes {
  call(const ck_convolution_extents &s, const float *x, const float *dy)
      : convolution_sizes(s),
        x(x),
        dy(dy),
        table(kernels()),
        columns(rounded_up(output, table.lanes)),
        by_inputs(input >= block),
        rows(by_inputs ? block : kernel * input),
        groups(by_inputs ? kernel * kernel : 1),
        items(by_inputs ? divided_up(input, block) : kernel),
        chunk(std::clamp(dy_floats / (y_width * columns), 1, y_height)) {}

  size_t pixels() const { return static_cast<size_t>(chunk) * y_width; }
  size_t sum_floats() const { return static_cast<size_t>(groups) * rows * columns; }
  /// A thread's sums, the rows of x that meet a chunk of dy, the sums of some outputs, and the
  /// chunk in whole vectors.
  size_t thread_floats() const {
    return sum_floats() + (rows + 15) / 16 * 16 * pixels() +
           static_cast<size_t>(groups) * rows * some_outputs +
           (columns != output ? pixels() * columns : 0);
  }

  /// The kernels of some inputs, or a row of all kernels.
  void run(int item, float *sums, float *dw) const {
    float *rows_of_x = sums + sum_floats();
    float *tile = rows_of_x + (rows + 15) / 16 * 16 * pixels();
    float *wide = tile + static_cast<size_t>(groups) * rows * some_outputs;
    const int count = by_inputs ? std::min(block, input - item * block) : rows;
    for (int n = 0; n < batch; n++)
      for (int row = 0; row < y_height; row += chunk) {
        const int some = std::min(chunk, y_height - row);
        const float *own = dy + (static_cast<size_t>(n) * y_height + row) * y_width * output;
        if (columns != output) own = widened(own, some * y_width, wide);
        for (int group = 0; group < groups; group++) {
          gather(n, row, some, item, group, count, rows_of_x);
          table.gemm({.a = rows_of_x,
                      .a_row = 1,
                      .a_column = static_cast<size_t>(count),
                      .b = own,
                      .b_row = static_cast<size_t>(columns),
                      .b_panel = static_cast<size_t>(table.panel),
                      .c = sums + static_cast<size_t>(group) * count * columns,
                      .c_row = static_cast<size_t>(columns),
                      .rows = count,
                      .columns = columns,
                      .depth = some * y_width,
                      .adds = n > 0 || row > 0});
        }
      }
    scatter(item, count, sums, tile, dw);
  }

 private:
  const float *widened(const float *values, int count, float *to) const {
    for (int i = 0; i < count; i++) {
      std::copy_n(values + static_cast<size_t>(i) * output, output, to + i * columns);
      std::fill(to + i * columns + output, to + (i + 1) * columns, 0.f);
    }
    return to;
  }

  /// The pixels of x that meet some rows of dy, `count` values each.
  void gather(int n, int first, int some, int item, int group, int count, float *to) const {
    const int tap_row = by_inputs ? group / kernel : item;
    const int first_tap = by_inputs ? group % kernel : 0, taps = by_inputs ? 1 : kernel;
    const int channels = by_inputs ? count : input, channel = by_inputs ? item * block : 0;
    for (int i = first; i < first + some; i++) {
      const int row = i * stride - padding + tap_row;
      if (row < 0 || row >= height) {
        std::fill(to, to + static_cast<size_t>(count) * y_width, 0.f);
        to += static_cast<size_t>(count) * y_width;
        continue;
      }
      const float *line = x + (static_cast<size_t>(n) * height + row) * width * input + channel;
      for (int j = 0; j < y_width; j++) {
        const int start = j * stride - padding + first_tap;
        if (start >= 0 && start + taps <= width) {
          copy(line + static_cast<size_t>(start) * input, count, to);
          to += count;
          continue;
        }
        for (int column = start; column < start + taps; column++, to += channels)
          if (column < 0 || column >= width)
            std::fill(to, to + channels, 0.f);
          else
            copy(line + static_cast<size_t>(column) * input, channels, to);
      }
    }
  }

  static void copy(const float *from, int count, float *to) {
    if (count != block) {
      for (int i = 0; i < count; i++) to[i] = from[i];
      return;
    }
    for (int i = 0; i < block; i += 4)
      *reinterpret_cast<four *>(to + i) = *reinterpret_cast<const four *>(from + i);
  }

  /// Into [K, C, k, k], some outputs at a time: their sums are far apart.
  void scatter(int item, int count, const float *sums, float *tile, float *dw) const {
    const int taps = kernel * kernel, all = groups * count;
    for (int first = 0; first < output; first += some_outputs) {
      const int some = std::min(some_outputs, output - first);
      for (int i = 0; i < all; i++)
        std::copy_n(sums + static_cast<size_t>(i) * columns + first, some, tile + i * some_outputs);
      for (int k = 0; k < some; k++) {
        float *own = dw + static_cast<size_t>(first + k) * input * taps;
        const float *from = tile + k;
        if (by_inputs)
          for (int c = 0; c < count; c++)
            for (int tap = 0; tap < taps; tap++)
              own[(item * block + c) * taps + tap] = from[(tap * count + c) * some_outputs];
        else
          for (int c = 0; c < input; c++)
            for (int tap = 0; tap < kernel; tap++)
              own[c * taps + item * kernel + tap] = from[(tap * input + c) * some_outputs];
      }
    }
  }

  const float *const x, *const dy;
  const kernel_table &table;
  const int columns;     // of dy, in whole vectors
  const bool by_inputs;  // whether an item is some inputs; a row of the kernel else
  const int rows;        // of a product, at most
  const int groups;      // products of an item

 public:
  const int items;  // that threads take

 private:
  const int chunk;  // rows of dy
};

}  // namespace

void ck::gemm_backward_weights(const ck_convolution_extents &extents, const float *x,
                               const float *dy, float *dweight) {
  // Each thread adds up all pixels for its items, in order: any number of threads gives the same
  // bits.
  const call c(extents, x, dy);
  const size_t thread_floats = c.thread_floats();
  float *scratch = scratch_floats(threads_for(c.items) * thread_floats);
  in_parallel_with_thread(c.items, [&](int item, int thread) {
    c.run(item, scratch + thread * thread_floats, dweight);
  });
}

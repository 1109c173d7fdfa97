#include "training/gemm_convolution.h"

#include <algorithm>

#include "memory.h"
#include "simd/kernel_table.h"
#include "threads.h"

using namespace ck;

namespace {

// Floats of dy in one GEMM: they stay in the second-level cache while all rows of x meet them.
constexpr size_t dy_floats = 64 << 10;
// Rows of the gradient that a thread takes at a time, a multiple of what a tile of the GEMM has.
constexpr int block = 48;

int divided_up(int value, int by) { return (value + by - 1) / by; }

/// A copy of x inside zero padding and of dy in whole vectors, where they are not so already.
struct operands {
  operands(const ck_convolution_extents &s, const float *x_values, const float *dy_values)
      : table(kernels()),
        batch(static_cast<int>(s.batch)),
        height(static_cast<int>(s.height)),
        width(static_cast<int>(s.width)),
        input(static_cast<int>(s.input)),
        output(static_cast<int>(s.output)),
        y_height(static_cast<int>(s.output_height)),
        y_width(static_cast<int>(s.output_width)),
        kernel(static_cast<int>(s.kernel)),
        stride(static_cast<int>(s.stride)),
        padding(static_cast<int>(s.padding)),
        padded_height(std::max(height + padding, (y_height - 1) * stride + kernel)),
        columns(divided_up(output, table.lanes) * table.lanes),
        line(static_cast<size_t>(std::max(width + padding, (y_width - 1) * stride + kernel)) *
             input),
        x(x_values),
        dy(dy_values) {
    const bool pads = padding > 0 || line != static_cast<size_t>(width) * input;
    const size_t x_count = pads ? batch * padded_height * line : 0;
    const size_t dy_count =
        columns != output ? static_cast<size_t>(batch) * y_height * y_width * columns : 0;
    if (x_count + dy_count == 0) return;
    float *made = scratch_floats(x_count + dy_count);
    if (pads) pad(made);
    if (dy_count > 0) widen(made + x_count);
  }

  const kernel_table &table;
  const int batch, height, width, input, output, y_height, y_width, kernel, stride, padding;
  const int padded_height, columns;
  const size_t line;  // floats of a row of x
  const float *x, *dy;

 private:
  void pad(float *to) {
    in_parallel(batch * padded_height, [&](int i) {
      const int n = i / padded_height, row = i % padded_height - padding;
      float *own = to + i * line, *end = own + line;
      if (row < 0 || row >= height) return std::fill(own, end, 0.f);
      const size_t count = static_cast<size_t>(width) * input;
      float *inside = own + static_cast<size_t>(padding) * input;
      std::fill(own, inside, 0.f);
      std::copy_n(x + (static_cast<size_t>(n) * height + row) * count, count, inside);
      std::fill(inside + count, end, 0.f);
    });
    x = to;
  }

  void widen(float *to) {
    in_parallel(batch * y_height, [&](int row) {
      for (int column = 0; column < y_width; column++) {
        const size_t pixel = static_cast<size_t>(row) * y_width + column;
        std::copy_n(dy + pixel * output, output, to + pixel * columns);
        std::fill(to + pixel * columns + output, to + (pixel + 1) * columns, 0.f);
      }
    });
    dy = to;
  }
};

}  // namespace

void ck::gemm_backward_weights(const ck_convolution_extents &extents, const float *x,
                               const float *dy, float *dweight) {
  const operands o(extents, x, dy);
  // dw as [k][k * C][K]: each thread takes some rows of it, and adds up all pixels in order.
  const int depth = o.kernel * o.input, blocks = divided_up(depth, block);
  const size_t y_line = static_cast<size_t>(o.y_width) * o.columns;
  const int rows = static_cast<int>(std::clamp<size_t>(dy_floats / y_line, 1, o.y_height));
  const floats made = floats_of(static_cast<size_t>(o.kernel) * depth * o.columns);
  in_parallel(o.kernel * blocks, [&](int i) {
    const int tap_row = i / blocks, first = i % blocks * block;
    float *own = made.get() + (static_cast<size_t>(tap_row) * depth + first) * o.columns;
    for (int n = 0; n < o.batch; n++)
      for (int row = 0; row < o.y_height; row += rows) {
        const size_t x_row = static_cast<size_t>(n) * o.padded_height + row * o.stride + tap_row;
        o.table.gemm({.a = o.x + x_row * o.line + first,
                      .a_row = 1,
                      .a_column = static_cast<size_t>(o.stride) * o.input,
                      .b = o.dy + (static_cast<size_t>(n) * o.y_height + row) * y_line,
                      .b_row = static_cast<size_t>(o.columns),
                      .b_panel = static_cast<size_t>(o.table.panel),
                      .c = own,
                      .c_row = static_cast<size_t>(o.columns),
                      .rows = std::min(block, depth - first),
                      .columns = o.columns,
                      .depth = o.y_width,
                      .segments = std::min(rows, o.y_height - row),
                      .a_segment = o.stride * o.line,
                      .adds = n > 0 || row > 0});
      }
  });
  // Into [K, C, k, k], some inputs at a time.
  constexpr int few = 4;
  const int taps = o.kernel * o.kernel;
  in_parallel(divided_up(o.input, few), [&](int i) {
    const int end = std::min(o.input, (i + 1) * few);
    for (int k = 0; k < o.output; k++)
      for (int c = i * few; c < end; c++)
        for (int tap = 0; tap < taps; tap++)
          dweight[(static_cast<size_t>(k) * o.input + c) * taps + tap] =
              made[(static_cast<size_t>(tap) * o.input + c) * o.columns + k];
  });
}

#include "training/kn2row.h"

#include <algorithm>

#include "memory.h"
#include "rounding.h"
#include "threads.h"
#include "training/sizes.h"

using namespace ck;

namespace {

/// Pixels of x whose terms are added up at a time; their gradients stay in the second-level cache.
constexpr int most_pixels = 1024;
/// Parts of the rows that are added up on their own.
constexpr int most_parts = 16;

/// One call: for every pixel of x the gradients of the outputs that it has a part in, as rows of
/// [k * k * K] columns, the last tap of a kernel's row first; dw is xᵀ times these rows.
struct gathering : convolution_sizes {
  gathering(const ck_convolution_extents &s, const float *x, const float *dy)
      : convolution_sizes(s),
        x(x),
        dy(dy),
        table(kernels()),
        taken(kernel * output),
        columns(rounded_up(kernel * taken + 3, table.lanes)),
        rows_at_once(std::max(1, most_pixels / width)),
        padded_line(static_cast<size_t>(y_width + 2 * (kernel - 1)) * output + 3) {}

  size_t block() const { return static_cast<size_t>(input) * columns; }
  size_t gathered() const { return static_cast<size_t>(rows_at_once) * width * columns; }
  /// What a thread works in: a block that joins a sum, the gathered rows, and padded rows of dy.
  size_t thread_floats() const {
    return block() + gathered() + (rows_at_once + kernel - 1) * padded_line;
  }

  /// Sets `sum` to that of the rows from `first` on, `end` excluded, of all images.
  void run(int first, int end, float *scratch, float *sum) const {
    float *part = scratch, *rows = part + block(), *padded_rows = rows + gathered();
    std::fill(sum, sum + block(), 0.f);
    std::fill(padded_rows, padded_rows + (rows_at_once + kernel - 1) * padded_line, 0.f);
    for (int n = 0; n < batch; n++)
      for (int row = first; row < end; row += rows_at_once) {
        const int count = std::min(rows_at_once, end - row);
        const float *own = x + (static_cast<size_t>(n) * height + row) * width * input;
        gather(dy + static_cast<size_t>(n) * y_height * y_width * output, row, count, padded_rows,
               rows);
        table.gemm({.a = own,
                    .a_row = 1,
                    .a_column = static_cast<size_t>(input),
                    .b = rows,
                    .b_row = static_cast<size_t>(columns),
                    .b_panel = static_cast<size_t>(table.panel),
                    .c = part,
                    .c_row = static_cast<size_t>(columns),
                    .rows = input,
                    .columns = columns,
                    .depth = count * width});
        for (size_t i = 0; i < block(); i++) sum[i] += part[i];
      }
  }

  void gather(const float *image, int row, int count, float *padded_rows, float *rows) const {
    const int first = row + padding - kernel + 1;
    for (int i = 0; i < count + kernel - 1; i++) {
      float *to = padded_rows + i * padded_line + static_cast<size_t>(kernel - 1) * output;
      const size_t line = static_cast<size_t>(y_width) * output;
      if (first + i < 0 || first + i >= y_height)
        std::fill(to, to + line, 0.f);
      else
        std::copy_n(image + (first + i) * line, line, to);
    }
    for (int r = 0; r < count; r++)
      for (int column = 0; column < width; column++) {
        float *to = rows + (static_cast<size_t>(r) * width + column) * columns;
        for (int i = 0; i < kernel; i++)
          copy(padded_rows + (r + kernel - 1 - i) * padded_line +
                   static_cast<size_t>(column + padding) * output,
               to + i * taken);
      }
  }

  /// Copies a kernel's row, and up to three floats more that the next row's copy overwrites.
  void copy(const float *from, float *to) const {
    for (int i = 0; i < taken; i += 4)
      *reinterpret_cast<four *>(to + i) = *reinterpret_cast<const four *>(from + i);
  }

  const float *x, *dy;
  const kernel_table &table;
  const int taken, columns;
  const int rows_at_once;
  const size_t padded_line;
};

}  // namespace

void ck::kn2row_backward_weights(const ck_convolution_extents &extents, const float *x,
                                 const float *dy, float *dweight) {
  const gathering g(extents, x, dy);
  // Parts whose sums are added in order, so that any number of threads gives the same bits.
  const int parts = std::clamp(g.height / g.kernel, 1, most_parts);
  float *sums = scratch_floats(parts * g.block() + threads_for(parts) * g.thread_floats());
  float *scratch = sums + parts * g.block();
  in_parallel_with_thread(parts, [&](int part, int thread) {
    g.run(g.height * part / parts, g.height * (part + 1) / parts,
          scratch + thread * g.thread_floats(), sums + part * g.block());
  });
  const int taps = g.kernel * g.kernel;
  for (int k = 0; k < g.output; k++)
    for (int c = 0; c < g.input; c++)
      for (int tap = 0; tap < taps; tap++) {
        const int i = tap / g.kernel, j = g.kernel - 1 - tap % g.kernel;
        float sum = 0;
        for (int part = 0; part < parts; part++)
          sum += sums[part * g.block() + static_cast<size_t>(c) * g.columns + i * g.taken +
                      j * g.output + k];
        dweight[(static_cast<size_t>(k) * g.input + c) * taps + tap] = sum;
      }
}

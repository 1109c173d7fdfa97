#pragma once
#include <vector>

#include "inference/normalization.h"
#include "memory.h"
#include "simd/kernel_table.h"

namespace ck {

/// How a convolution's kernel moves, px.
struct convolution_geometry {
  int kernel, stride, padding;
  bool reflects;    // the padding; zeros else
  bool transposed;  // the adjoint: from the convolution's output to its input
};

}  // namespace ck

/// A convolution of any kernel and stride, or a transposed one, on [N, H, W, C], as GEMMs over rows
/// of pixels.
///
/// In [H, W, C] a row of a kernel's window is contiguous, and the windows of neighboring outputs
/// are `stride` pixels apart: they are the rows of a matrix that needs no copy. One GEMM multiplies
/// a row of outputs with all rows of the kernel. A transposed convolution is `stride` x `stride`
/// such convolutions, each for the outputs of one phase.
struct ck_gemm_convolution {
  /// Copies the weights. Throws std::invalid_argument where the kernel of a transposed one is
  /// smaller than its stride.
  ck_gemm_convolution(int input, int output, ck::convolution_geometry geometry,
                      const ck::convolution_weights &weights);

  /// y [N, H', W', K] from map(x) [N, H, W, C], plus `bias` [K] or NULL, and the statistics of each
  /// image of y where they are asked for. The map's addend is ignored.
  void run(const ck_map &map, int batch, const float *x, int height, int width, const float *bias,
           float *y, int y_height, int y_width, const ck::image_channels *statistics,
           float epsilon) const;

  /// What the weights take.
  size_t bytes() const;

  const int input, output;
  const ck::convolution_geometry geometry;

 private:
  /// The outputs whose row and column have one remainder by the stride, of a transposed
  /// convolution; all outputs else.
  struct phase {
    int y_row, y_column;                  // of its first output
    int x_row, x_column;                  // of the first input in the window of that output
    int rows, columns;                    // of the window
    int kernel_row, kernel_column, step;  // the kernel's taps, in the order of the inputs
    ck::floats packed;                    // [panel][rows][columns * C][columns of a panel]
  };
  struct panel_range {
    int first, end;
  };
  struct call;

  void pack(const ck::convolution_weights &weights);
  size_t panel_floats(const phase &p) const;
  int columns_of(const phase &p, int y_width) const;
  void copy_rows(const call &c, const float *x, int first, int count, float *to) const;
  void run_rows(const call &c, int image, int first, int end, panel_range range,
                float *scratch) const;
  void multiply(const call &c, const phase &p, ck::gemm_operands product, panel_range range,
                float *y, float *products) const;
  void multiply_gathered(const call &c, const phase &p, const float *window, float *y, int rows,
                         panel_range range, float *scratch) const;

  const ck::kernel_table &table;  // what the phases are packed for
  int panels;
  int x_step, y_step;  // pixels from one output of a phase to the next, in x and in y
  std::vector<phase> phases;
};

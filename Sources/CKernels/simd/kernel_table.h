/// The kernels that exist once per instruction set.
#pragma once
#include <cstddef>

#include "CKernels.h"

namespace ck {

/// A 3 x 3 stride-1 convolution as tiles of 4 x 4 outputs, [H, W, C].
struct winograd_shape {
  int height, width, input;                 // of the input
  int output_height, output_width, output;  // of the output
  int tile_rows, tile_columns;
  int input_padded, output_padded;  // channels, rounded up to whole vectors
  const int *rows, *columns;        // of the input, by row or column of the padded input; -1: zero
};

/// The points 0, a, -a, b, -b and infinity at which Winograd's F(4x4, 3x3) multiplies polynomials.
///
/// These are exact in binary, and rounding grows less than half as much as with the usual 1 and 2.
struct winograd_points {
  static constexpr float a = 0.625f, b = 1.5f;
  static constexpr int positions = 36;  // of a tile
};

/// Kernels: that of output k and input c starts at k * output_step + c * input_step.
struct convolution_weights {
  const float *values;
  size_t output_step, input_step;
};

/// max((x - mean) * scale, 0) per channel, applied while reading.
struct channel_map {
  const float *mean, *scale;
};

/// The backward pass of z = (y - mean) * scale and an activation behind it.
struct norm_gradient {
  const float *g;  // the gradient by the output, [pixels, C]
  const float *y;
  channel_map norm;
  float slope;  // of the activation where z isn't positive; 1: none
  int channels;
  float *dy;  // the gradient by y; may be g
};

/// Mean and sum of squared deviations of `seen` pixels per channel, padded to whole vectors.
struct channel_statistics {
  float *mean, *deviation;
  double seen;
};

/// C = A B, [rows, columns], over `segments` times `depth` terms.
///
/// A's element (i, p) of segment s is a[s * a_segment + i * a_row + p * a_column]. B's rows follow
/// each other over all segments, `b_row` apart in each of its panels, which are `b_panel` apart:
/// packed one after the other, or plain rows cut in panels. `columns` is a multiple of the lanes.
struct gemm_operands {
  const float *a = nullptr;
  size_t a_row = 0, a_column = 0;
  const float *b = nullptr;
  size_t b_row = 0, b_panel = 0;
  float *c = nullptr;
  size_t c_row = 0;
  int rows = 0, columns = 0, depth = 0;
  int segments = 1;
  size_t a_segment = 0;
  bool adds = false;  // C += A B
};

/// The kernels of one instruction set; each runs on the calling thread.
struct kernel_table {
  int lanes;  // floats in a vector
  int panel;  // columns of B that `gemm` takes at a time

  void (*gather_statistics)(const float *x, size_t pixels, int channels,
                            channel_statistics *statistics);
  void (*map_pixels)(const ck_map &map, const float *x, const float *addend, size_t count,
                     int channels, float *y, int y_channels);
  void (*norm_gradient_sums)(const norm_gradient &gradient, size_t first, size_t count, float *sums,
                             float *products);
  void (*norm_gradient_map)(const norm_gradient &gradient, const float *mean_g,
                            const float *mean_product, size_t first, size_t count);
  void (*adam)(const ck_adam_update &update, float *parameter, const float *gradient, float *mean,
               float *square, size_t count);
  void (*gemm)(const gemm_operands &operands);
  void (*transform_kernels)(const convolution_weights &weights, int count, int first, int end,
                            float *u, size_t position);
  void (*transform_kernels_adjoint)(const float *du, size_t position, int row, int output,
                                    float *dweight, size_t output_step);
  void (*input_tiles)(const winograd_shape &shape, const float *x, const channel_map *map,
                      int first, int count, float *v, size_t position);
  void (*output_tiles)(const winograd_shape &shape, const float *m, size_t position,
                       const float *bias, int first, int count, float *y,
                       channel_statistics *statistics);
  void (*output_tiles_adjoint)(const winograd_shape &shape, const float *dy, int first, int count,
                               float *dm, size_t position);
  void (*input_tiles_adjoint)(const winograd_shape &shape, const float *dv, size_t position,
                              int first, int count, float *dx);
};

/// The fastest kernels this processor runs, or those that CK_INSTRUCTIONS (avx512, avx2, portable)
/// names where it runs them.
const kernel_table &kernels();

const kernel_table &kernels_avx512();
const kernel_table &kernels_avx2();
const kernel_table &kernels_portable();

}  // namespace ck

#pragma once
#include <vector>

#include "floats.h"
#include "simd/kernel_table.h"

/// Where the rows and columns of a picture with its border come from, as tiles of 4 x 4 outputs.
struct winograd_geometry {
  /// `border` is 0 or 1 px, mirrored or zero.
  winograd_geometry(int height, int width, int border, bool mirrored);

  winograd_shape shape(int input, int output, int lanes) const;

  int height, width, border;
  int tile_rows, tile_columns;
  std::vector<int> rows, columns;
};

/// Floats from one of the 36 positions to the next that hold at least `count`: an odd number of
/// cache lines, so that the same element of all positions doesn't fall into the same few sets.
inline size_t spread(size_t count) {
  constexpr size_t line = 16;
  return ((count + line - 1) / line | 1) * line;
}

/// Values per channel of each picture of a batch, `step` floats apart.
struct picture_channels {
  float *mean, *scale;
  size_t step;

  channel_map of(int picture) const { return {mean + picture * step, scale + picture * step}; }
};

/// A 3 x 3 stride-1 convolution on [N, H, W, C] by Winograd's F(4x4, 3x3).
///
/// A tile of 4 x 4 outputs costs 36 products instead of 144: V = BᵀdB, M = V U and Y = AᵀMA with
/// U = G g Gᵀ. Source: Lavin and Gray 2016, arXiv 1509.09308, section 4.
struct ck_winograd {
  ck_winograd(int input, int output, const winograd_weights &weights);

  /// y [N, H', W', K] from x [N, H, W, C], with `map` of x, and with a bias or statistics of y;
  /// each of them may be NULL.
  void run(const winograd_geometry &geometry, int batch, const float *x,
           const picture_channels *map, const float *bias, float *y,
           const picture_channels *statistics, float epsilon) const;

  /// M = V U at one of the 36 positions, for `tiles` rows that are `v_row` and `m_row` apart.
  void multiply(int position, const float *v, size_t v_row, float *m, size_t m_row,
                int tiles) const;

  const int input, output;
  const kernel_table &table;  // what `packed` is laid out for

 private:
  size_t position_floats() const;

  floats packed;  // U, [36][strip of K][C][columns of a strip]
};

/// Both adjoints of a Winograd convolution: with V = BᵀdB of f(x) and dM = A dY Aᵀ,
/// dg = Gᵀ(Vᵀ dM)G and dX = B(dM Uᵀ)Bᵀ, added over overlapping tiles.
///
/// dx [N, H, W, C] is the gradient by f(x), `dweight` is [K, C, 3, 3].
void winograd_backward(const ck_winograd &transposed, const winograd_geometry &geometry, int batch,
                       const float *x, const picture_channels *map, const float *dy, float *dx,
                       float *dweight);

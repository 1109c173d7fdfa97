#pragma once
#include <vector>

#include "inference/normalization.h"
#include "memory.h"
#include "simd/kernel_table.h"

namespace ck {

/// An image inside one px of reflection padding, as tiles of 4 x 4 outputs.
struct winograd_geometry {
  winograd_geometry(int height, int width);

  winograd_shape shape(int input, int output, int lanes) const;

  int height, width;
  int tile_rows, tile_columns;
  std::vector<int> rows, columns;  // of the image, by row and column of the padded one; -1: zero
};

/// Floats from one of the 36 positions to the next that hold at least `count`: an odd number of
/// cache lines, so that the same element of all positions doesn't fall into the same few sets.
inline size_t spread(size_t count) {
  constexpr size_t line = 16;
  return ((count + line - 1) / line | 1) * line;
}

}  // namespace ck

/// A 3 x 3 stride-1 convolution on [N, H, W, C] by Winograd's F(4x4, 3x3).
///
/// A tile of 4 x 4 outputs costs 36 multiplications instead of 144: V = BᵀdB, M = V U and Y = AᵀMA
/// with U = G g Gᵀ. Source: Lavin and Gray 2016, arXiv 1509.09308, section 4.
struct ck_winograd {
  ck_winograd(int input, int output, const ck::convolution_weights &weights);

  /// y [N, H', W', K] from x [N, H, W, C], with `map` of x, and with a bias or statistics of y;
  /// each of them may be NULL.
  void run(const ck::winograd_geometry &geometry, int batch, const float *x,
           const ck::image_channels *map, const float *bias, float *y,
           const ck::image_channels *statistics, float epsilon) const;

  /// M = V U at one of the 36 positions, for `tiles` rows that are `v_row` and `m_row` apart.
  void multiply(int position, const float *v, size_t v_row, float *m, size_t m_row,
                int tiles) const;

  /// What the weights take.
  size_t bytes() const {
    return ck::winograd_points::positions * position_floats() * sizeof(float);
  }

  const int input, output;
  const ck::kernel_table &table;  // what `packed` is laid out for

 private:
  size_t position_floats() const;

  ck::floats packed;  // U, [36][panel of K][C][columns of a panel]
};

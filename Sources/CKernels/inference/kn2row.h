#pragma once
#include <vector>

#include "simd/kernel_table.h"

namespace ck {

/// What lies around an image.
struct padding {
  int size;       // px on each side
  bool reflects;  // zeros else
};

/// Where a kernel's elements are: w(k, c, tap) = weight[k * output + c * input + tap], and the last
/// tap first where `flipped`.
struct weight_strides {
  size_t output, input;
  bool flipped;
};

}  // namespace ck

/// A stride-1 convolution into few channels by kn2row: one GEMM of the pixels with all k * k taps
/// of all K outputs, [k * k * K] columns; then each output is the sum of k * k of its neighbors'
/// columns.
///
/// Source: Vasudevan, Anderson and Gregg 2017, arXiv 1704.04428.
struct ck_kn2row {
  /// `bias` is [K] or NULL. Throws std::invalid_argument if K is more than 4.
  ck_kn2row(int input, int output, int kernel, const float *weight, ck::weight_strides strides,
            const float *bias);

  /// y [H + 2 padding - k + 1, W + 2 padding - k + 1, K] from map(x); the map's addend is ignored.
  void run(const ck_map &map, const float *x, int height, int width, ck::padding padding,
           float *y) const;

  /// The reflection padding that leaves the size as it is, px.
  int reflection_padding() const { return kernel / 2; }

  /// The most output channels.
  static constexpr int most_channels = 4;

 private:
  struct call;
  void rows(const call &c, int first, int end, float *scratch, const float **columns_of_rows) const;
  void sum(const call &c, const float *const *columns_of_rows, float *y) const;

  const int input, output, kernel;
  const ck::kernel_table &table;  // what `packed` is laid out for
  int columns;                    // k * k * K and 4 to spare, rounded up to whole vectors
  std::vector<float> packed;      // [panel][C][columns of a panel]
  std::vector<float> bias;
};

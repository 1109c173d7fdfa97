#pragma once
#include <vector>

#include "simd/kernel_table.h"

/// A stride-1 convolution into few channels of [H, W, C] with `border` px around it.
///
/// For every pixel of x the products with all k * k taps of all K outputs, [k * k * K] columns;
/// then each output is the sum of k * k of its neighbours' columns.
struct ck_thin {
  /// Where a kernel's elements are: w(k, c, tap) = weight[k * output + c * input + tap], and the
  /// last tap first where `flipped`.
  struct steps {
    size_t output, input;
    bool flipped;
  };

  /// `bias` is [K] or NULL. Throws std::invalid_argument if K is more than 4.
  ck_thin(int input, int output, int kernel, const float *weight, steps steps, const float *bias);

  /// What is around x.
  struct surroundings {
    int border;  // px
    bool mirrored;
  };

  /// y [H + 2 border - k + 1, W + 2 border - k + 1, K] from map(x); the map's addend is ignored.
  void run(const ck_map &map, const float *x, int height, int width, surroundings around,
           float *y) const;

  /// `run` inside the mirrored border that leaves the size as it is.
  void run_mirrored(const ck_map &map, const float *x, int height, int width, float *y) const {
    run(map, x, height, width, {kernel / 2, true}, y);
  }

  /// The most channels that are few.
  static constexpr int most = 4;

 private:
  struct plan;
  void rows(const plan &p, int first, int end, float *scratch, const float **products) const;
  void sum(const plan &p, const float *const *products, float *y) const;

  const int input, output, kernel;
  const kernel_table &table;  // what `packed` is laid out for
  int columns;                // k * k * K and 4 to spare, rounded up to whole vectors
  std::vector<float> packed;  // [strip][C][columns of a strip]
  std::vector<float> bias;
};

/// The gradient by the weights [K, C, k, k] of a stride-1 convolution into few channels, from its
/// pictures x [N, H, W, C], a border of zeros and its gradients dy [N, H', W', K].
void thin_weight_gradient(const ck_training_shape &shape, const float *x, const float *dy,
                          float *dweight);

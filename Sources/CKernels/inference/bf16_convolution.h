#pragma once
#include <array>
#include <dnnl.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "CKernels.h"
#include "onednn.h"

/// A convolution of any kernel and stride, or a transposed one, on [N, H, W, C], by oneDNN, of
/// factors that are rounded to bfloat16.
///
/// oneDNN computes strips of an image, each on one thread.
struct ck_bf16_convolution {
  /// `bias` is [K] or NULL; both are copied.
  ck_bf16_convolution(const ck_convolution_shape &shape, const float *weight, const float *bias);

  /// y [N, H', W', K] from x [N, H, W, C].
  void run(int batch, const float *x, int height, int width, float *y, int y_height, int y_width);

 private:
  struct sized;

  std::vector<ck::strip> strips(int height, int y_height) const;
  std::shared_ptr<const sized> of(const ck::strip &rows, int width, int y_width);

  template <typename Forward>
  sized made(dnnl::algorithm algorithm, const ck::strip &rows, int width, int y_width);

  dnnl::memory reordered(const dnnl::memory::desc &wanted);

  const ck_convolution_shape shape;
  dnnl::memory weight, bias;  // the weights in the order that was wanted last; a value per channel
  bool has_bias;
  // By a strip's sizes and the widths.
  std::map<std::array<int, 6>, std::shared_ptr<const sized>> by_size;
  std::mutex lock;  // of what a new size changes
};

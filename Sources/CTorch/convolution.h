/// Convolutions with gradients of every order.
#pragma once
#include <torch/torch.h>

namespace ct {

/// How a kernel moves over the image, px.
struct convolution_options {
  int64_t stride, padding, output_padding;  // the last of a transposed one only
  bool bf16;  // whether factors of 16 channels or more are rounded to bfloat16
};

/// x [N, C, H, W] by weight [K, C, k, k], plus bias [K] unless undefined: [N, K, H', W'].
at::Tensor convolve(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                    const convolution_options &options);

/// The adjoint: y [N, K, H', W'] by weight [K, C, k, k], plus bias [C]: [N, C, H, W].
at::Tensor convolve_transposed(const at::Tensor &y, const at::Tensor &weight,
                               const at::Tensor &bias, const convolution_options &options);

}  // namespace ct

/// Convolutions with gradients of every order.
#pragma once
#include <torch/torch.h>

namespace ct {

/// x [N, C, H, W] by weight [K, C, k, k], plus bias [K] unless undefined: [N, K, H', W'].
at::Tensor convolve(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                    int64_t stride, int64_t padding);

/// The adjoint: y [N, K, H', W'] by weight [K, C, k, k], plus bias [C]: [N, C, H, W].
at::Tensor convolve_transposed(const at::Tensor &y, const at::Tensor &weight,
                               const at::Tensor &bias, int64_t stride, int64_t padding,
                               int64_t output_padding);

}  // namespace ct

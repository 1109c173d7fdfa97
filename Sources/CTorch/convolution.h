/// Convolutions with gradients of every order.
#pragma once
#include "handles.h"

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

/// A convolution, or the adjoint of one.
struct convolution final : stage {
  at::Tensor weight, bias;
  convolution_options options;
  bool transposed, instance_normalized;
  convolution(at::Tensor weight, at::Tensor bias, const ct_convolution &description);
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
  bool output_is_fresh() const override { return true; }
  void append_trainable(std::vector<at::Tensor> &list) const override {
    list.push_back(weight);
    if (bias.defined()) list.push_back(bias);
  }
};

}  // namespace ct

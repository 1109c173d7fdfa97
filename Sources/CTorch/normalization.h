/// Instance norm with what follows it as one function.
#pragma once
#include <torch/torch.h>

namespace ct {

/// What follows the norm.
struct normalization {
  double epsilon;
  double slope = 1;    // of the activation where the norm isn't positive; 1: none
  int64_t border = 0;  // px, mirrored
};

/// x [N, C, H, W] with mean 0 and variance 1 in each picture's channels, then an activation, then a
/// border, on the processor. It lies in memory as [N, H, W, C], and x is best when it does.
///
/// It has gradients of every order.
at::Tensor normalized(const at::Tensor &x, const normalization &wanted);

}  // namespace ct

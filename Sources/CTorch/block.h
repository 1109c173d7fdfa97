/// The generator's residual block as one function.
#pragma once
#include <torch/torch.h>

namespace ct {

/// x + norm(conv(relu(norm(conv(x))))): 3 x 3 convolutions inside a mirrored border of one pixel
/// and instance norms, on the processor, x [N, C, H, W].
///
/// The result lies in memory as [N, H, W, C], and x is best when it does. It has first derivatives
/// only. Biases would cancel out.
at::Tensor residual_block(const at::Tensor &x, const at::Tensor &weight1, const at::Tensor &weight2,
                          double epsilon);

}  // namespace ct

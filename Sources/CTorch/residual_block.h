/// The generator's residual block.
#pragma once
#include "stages.h"

namespace ct {

/// x + norm(conv(relu(norm(conv(x))))): 3 x 3 convolutions inside one px of reflection padding, and
/// instance norms.
///
/// On the processor a large one is one function, which has first derivatives only.
struct residual_block final : residual {
  /// Both convolutions keep channels and, with the padding, sides.
  residual_block(std::unique_ptr<convolution> first, std::unique_ptr<convolution> second,
                 double epsilon);
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;

 private:
  const convolution &first, &second;
  const double epsilon;
};

}  // namespace ct

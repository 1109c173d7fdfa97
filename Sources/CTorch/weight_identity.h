/// Names the values of weights for kernels that keep what they make of them.
#pragma once
#include "handles.h"

namespace ct {

/// Lets kernels keep what they make of a parameter's values.
void register_weight(const at::Tensor &parameter);

/// The identity of a tensor's present values; of another than a registered parameter it is none.
///
/// Whoever writes a parameter without LibTorch's operations has to call its `bump_version`.
ck_weight_identity identity_of(const at::Tensor &tensor);

}  // namespace ct

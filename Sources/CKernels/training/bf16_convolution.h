#pragma once
#include "CKernels.h"

namespace ck {

/// The gradient by the weights [K, C, k, k] of a convolution, by oneDNN, of factors that are
/// rounded to bfloat16: of x [N, H, W, C] and the gradient by the output, dy [N, H', W', K].
void bf16_backward_weights(const ck_convolution_extents &extents, const float *x, const float *dy,
                           float *dweight);

}  // namespace ck

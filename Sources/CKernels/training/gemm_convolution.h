#pragma once
#include "CKernels.h"

namespace ck {

/// The gradient by the weights [K, C, k, k] of a convolution, as GEMMs over rows of pixels: of x
/// [N, H, W, C] and the gradient by the output, dy [N, H', W', K].
void gemm_backward_weights(const ck_convolution_extents &extents, const float *x, const float *dy,
                           float *dweight);

}  // namespace ck

#pragma once
#include "inference/kn2row.h"

namespace ck {

/// The gradient by the weights [K, C, k, k] of a stride-1 convolution into few channels, from its
/// images x [N, H, W, C], zero padding and its gradients dy [N, H', W', K].
void kn2row_backward_weights(const ck_convolution_extents &extents, const float *x, const float *dy,
                             float *dweight);

}  // namespace ck

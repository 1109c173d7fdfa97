#pragma once
#include "inference/winograd.h"

namespace ck {

/// Both adjoints of a Winograd convolution: with V = BᵀdB of f(x) and dM = A dY Aᵀ,
/// dg = Gᵀ(Vᵀ dM)G and dX = B(dM Uᵀ)Bᵀ, added over overlapping tiles.
///
/// dx [N, H, W, C] is the gradient by f(x), `dweight` is [K, C, 3, 3].
void winograd_backward(const ck_winograd &transposed, const winograd_geometry &geometry, int batch,
                       const float *x, const image_channels *map, const float *dy, float *dx,
                       float *dweight);

}  // namespace ck

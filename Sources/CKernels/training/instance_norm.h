#pragma once
#include "simd/kernel_table.h"

namespace ck {

/// dy = the gradient by y of `pixels` pixels of one image; any number of threads gives the same
/// bits.
void norm_backward(const norm_gradient &gradient, size_t pixels);

}  // namespace ck

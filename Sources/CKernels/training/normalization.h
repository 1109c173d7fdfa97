#pragma once
#include "simd/kernel_table.h"

/// dy = the gradient by y of `pixels` pixels of one picture; any number of threads gives the same
/// bits.
void back_through_norm(const norm_gradient &gradient, size_t pixels);

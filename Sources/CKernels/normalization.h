#pragma once
#include "kernel_table.h"

/// dy = the gradient by y of `pixels` pixels of one picture.
///
/// Each thread takes an equal share, so that the same number of threads gives the same bits.
void back_through_norm(const norm_gradient &gradient, size_t pixels);

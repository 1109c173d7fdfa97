#include "simd/kernel_table.h"

#if defined(__x86_64__)
namespace ck {
namespace {
#define LANES 8
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "simd/kernels.h"
#pragma clang attribute pop
}  // namespace

const kernel_table &kernels_avx2() { return table; }
}  // namespace ck
#endif

#include "simd/kernel_table.h"

#if defined(__x86_64__)
namespace ck {
namespace {
#define LANES 16
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "simd/kernels.h"
#pragma clang attribute pop
}  // namespace

const kernel_table &kernels_avx512() { return table; }
}  // namespace ck
#endif

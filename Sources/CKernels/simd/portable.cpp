#include "simd/kernel_table.h"

// Vectors of four floats are in every processor's base: SSE2 on x86-64, NEON on AArch64.
namespace ck {
namespace {
#define LANES 4
#include "simd/kernels.h"
}  // namespace

const kernel_table &kernels_portable() { return table; }
}  // namespace ck

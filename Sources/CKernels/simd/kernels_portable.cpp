#include "simd/kernel_table.h"

// Vectors of four floats are in every processor's base: SSE2 on x86-64, NEON on AArch64.
namespace {
#define LANES 4
#include "simd/kernels_body.h"
}  // namespace

const kernel_table &kernels_portable() { return table; }

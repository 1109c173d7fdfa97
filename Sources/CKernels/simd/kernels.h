// Everything that is compiled once per instruction set.
#include "simd/vector.h"
//
#include "simd/adam.h"
#include "simd/gemm.h"
#include "simd/normalization.h"
#include "simd/winograd.h"
#undef CK_INLINE

static const kernel_table table = {
    .lanes = LANES,
    .panel = panel,
    .gather_statistics = gather_statistics,
    .map_pixels = map_pixels,
    .norm_gradient_sums = norm_gradient_sums,
    .norm_gradient_map = norm_gradient_map,
    .adam = adam,
    .gemm = gemm,
    .transform_kernels = transform_kernels,
    .transform_kernels_adjoint = transform_kernels_adjoint,
    .input_tiles = input_tiles,
    .output_tiles = output_tiles,
    .output_tiles_adjoint = output_tiles_adjoint,
    .input_tiles_adjoint = input_tiles_adjoint,
};

// Everything that is compiled once per instruction set.
#include "simd/lanes.h"
//
#include "simd/adam_lanes.h"
#include "simd/norm_gradient_lanes.h"
#include "simd/norm_lanes.h"
#include "simd/product_lanes.h"
#include "simd/winograd_lanes.h"
#include "simd/winograd_weights.h"
#undef CK_INLINE

static const kernel_table table = {
    .lanes = LANES,
    .strip = strip,
    .gather_statistics = gather_statistics,
    .map_pixels = map_pixels,
    .norm_gradient_sums = norm_gradient_sums,
    .norm_gradient_map = norm_gradient_map,
    .adam = adam,
    .product = product,
    .transform_kernels = transform_kernels,
    .transform_kernels_adjoint = transform_kernels_adjoint,
    .input_tiles = input_tiles,
    .output_tiles = output_tiles,
    .output_tiles_adjoint = output_tiles_adjoint,
    .input_tiles_adjoint = input_tiles_adjoint,
};

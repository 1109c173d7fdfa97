/// What is made of weights, kept from one call of a training step to the next.
#pragma once
#include <functional>
#include <memory>

#include "CKernels.h"
#include "inference/gemm_convolution.h"
#include "inference/winograd.h"

namespace ck {

/// What weights are laid out for.
enum class packing { gemm, gemm_adjoint, winograd, winograd_adjoint };

/// Lays out weights, or takes what was made of the same values before.
///
/// A step runs each network several times on the same weights. What is kept is limited, and goes
/// once the weights have other values or nobody asked for it for long. Weights without an identity
/// are laid out each time.
std::shared_ptr<const ck_gemm_convolution> packed_gemm(
    ck_weight_identity identity, packing kind,
    const std::function<std::unique_ptr<ck_gemm_convolution>()> &make);

/// The same for Winograd's method.
std::shared_ptr<const ck_winograd> packed_winograd(
    ck_weight_identity identity, packing kind,
    const std::function<std::unique_ptr<ck_winograd>()> &make);

}  // namespace ck

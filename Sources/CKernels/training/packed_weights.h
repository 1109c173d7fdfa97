/// What is made of weights, kept from one call of a training step to the next.
#pragma once
#include <memory>
#include <utility>

#include "CKernels.h"

namespace ck {

/// What weights are laid out for.
enum class packing { gemm, gemm_adjoint, winograd, winograd_adjoint };

/// What was made of these values for a purpose; nothing where it was not kept.
std::shared_ptr<const void> kept_packing(ck_weight_identity identity, packing kind);

/// Keeps what was made, where there is room.
void keep_packing(ck_weight_identity identity, packing kind, size_t bytes,
                  std::shared_ptr<const void> made);

/// Lays out weights by `make`, which gives a unique_ptr, or takes what was made of the same values
/// before.
///
/// A step runs each network several times on the same weights. What is kept is limited, and goes
/// once the weights have other values or nobody asked for it for long. Weights without an identity
/// are laid out each time.
template <typename Make>
auto packed(ck_weight_identity identity, packing kind, Make make) {
  using Value = const typename decltype(make())::element_type;
  if (auto kept = kept_packing(identity, kind)) return std::static_pointer_cast<Value>(kept);
  const std::shared_ptr<Value> made = make();
  keep_packing(identity, kind, made->bytes(), made);
  return made;
}

}  // namespace ck

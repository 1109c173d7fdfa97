/// What the opaque types of CTorch.h are.
#pragma once
#include <torch/torch.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "guard.h"

struct ct_tensor {
  at::Tensor value;
};

struct ct_random {
  at::Generator source;
};

namespace ct {

/// How stages are run.
struct pass {
  bool training;             // statistics of the batch, dropout on
  bool checkpoints = false;  // keep only what goes into groups of stages, and rerun these
  bool reruns = false;       // this is such a rerun: running statistics are up to date already
};

/// One stage of a network: a layer, or several that are fused.
struct stage {
  virtual ~stage() = default;
  /// `fresh` means that nobody else needs `input`'s elements, so they may be overwritten.
  virtual at::Tensor forward(at::Tensor input, const pass &how, bool fresh) = 0;
  /// Appends the trainable parameters.
  virtual void append_trainable(std::vector<at::Tensor> &) const {}
  /// What the stage or one inside it draws from, NULL if nothing is drawn.
  virtual const at::Generator *generator() const { return nullptr; }
  /// Whether the output's elements are new and not needed for the stage's own gradient.
  virtual bool output_is_fresh() const { return false; }
  /// Whether it is more than one operation, so that there is something to rerun.
  virtual bool is_compound() const { return false; }
};

using stages = std::vector<std::unique_ptr<stage>>;

/// A tensor of a network under its official name.
struct named_tensor {
  std::string name;
  at::Tensor value;
  bool trainable;
};

/// Puts the result of `make` into a new handle, or the reason why there is none into `error`.
template <typename Make>
ct_status produce(ct_tensor **output, ct_error *error, Make make) noexcept {
  *output = nullptr;
  return guarded(error, [&] { *output = new ct_tensor{make()}; });
}

}  // namespace ct

struct ct_network {
  c10::Device device;
  at::Generator random;
  ct::stages stages;
  std::vector<ct::named_tensor> tensors;
  /// The groups that are still open, innermost last; each is the list that grows.
  std::vector<ct::stages *> open;
  bool checkpoints = false;  // gradient checkpointing
};

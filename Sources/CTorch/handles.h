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

/// How layers are run.
struct pass {
  bool training;         // statistics of the batch, dropout on
  bool forgets = false;  // groups of layers keep nothing inside them, and run again for gradients
  bool repeats = false;  // this is such a run: running statistics have been brought up to date
};

/// One step of a network.
struct layer {
  virtual ~layer() = default;
  /// `fresh` means that nobody else needs `input`'s elements, so they may be overwritten.
  virtual at::Tensor forward(at::Tensor input, const pass &how, bool fresh) = 0;
  /// Appends what is learned.
  virtual void append_learned(std::vector<at::Tensor> &) const {}
  /// What the layer or one inside it draws from, NULL if nothing is drawn.
  virtual const at::Generator *drawn_from() const { return nullptr; }
  /// Whether the output's elements are new and not needed for the layer's own gradient.
  virtual bool output_is_fresh() const { return false; }
};

using layers = std::vector<std::unique_ptr<layer>>;

/// A tensor of a network under its official name.
struct named_tensor {
  std::string name;
  at::Tensor value;
  bool learned;
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
  ct::layers layers;
  std::vector<ct::named_tensor> tensors;
  /// The groups that are still open, innermost last; each is the list that grows.
  std::vector<ct::layers *> open;
  /// Whether groups of layers keep nothing inside them for their gradients.
  bool forgets = false;
};

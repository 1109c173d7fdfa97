/// The stages that networks are made of; which layers make one, Architecture says.
#pragma once
#include "convolution.h"
#include "handles.h"
#include "normalization.h"

namespace ct {

/// Runs stages one after the other.
at::Tensor run(const stages &list, at::Tensor input, const pass &how);

/// Runs stages `first` ..< `last` of a list.
at::Tensor run(const stages &list, size_t first, size_t last, at::Tensor input, const pass &how);

struct nearest_upsampling final : stage {
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

struct tanh final : stage {
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

struct dropout final : stage {
  double probability;
  at::Generator random;
  dropout(double probability, at::Generator random) : probability(probability), random(random) {}
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
  const at::Generator *generator() const override { return &random; }
};

/// Stages inside a stage.
struct group : stage {
  stages inner;
  void append_trainable(std::vector<at::Tensor> &list) const override;
  const at::Generator *generator() const override;
  bool is_compound() const override { return true; }
};

/// x + inner(x).
struct residual : group {
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

/// x and inner(x) along C.
struct skip final : group {
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

}  // namespace ct

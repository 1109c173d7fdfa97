/// The layers that networks are made of.
#pragma once
#include "convolution.h"
#include "handles.h"

namespace ct {

/// Runs layers one after the other.
at::Tensor run(const layers &list, at::Tensor input, const pass &how);

/// Runs layers `first` ..< `last` of a list.
at::Tensor run(const layers &list, size_t first, size_t last, at::Tensor input, const pass &how);

struct reflection_padding final : layer {
  int64_t padding;
  explicit reflection_padding(int64_t padding) : padding(padding) {}
  void check(const at::Tensor &input) const;
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

struct doubling final : layer {
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

struct convolution final : layer {
  at::Tensor weight, bias;
  convolution_options options;
  bool transposed;
  convolution(at::Tensor weight, at::Tensor bias, const ct_convolution &description)
      : weight(weight),
        bias(bias),
        options{description.stride, description.padding, description.output_padding,
                description.bf16},
        transposed(description.transposed) {}
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
  /// Without the bias: an instance norm behind it would take it away again.
  at::Tensor forward_unbiased(const at::Tensor &input);
  bool output_is_fresh() const override { return true; }
  void append_learned(std::vector<at::Tensor> &list) const override {
    list.push_back(weight);
    if (bias.defined()) list.push_back(bias);
  }

 private:
  at::Tensor run(const at::Tensor &input, const at::Tensor &added);
};

struct instance_norm final : layer {
  double epsilon;
  explicit instance_norm(double epsilon) : epsilon(epsilon) {}
  void check(const at::Tensor &input) const;
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
  bool output_is_fresh() const override { return true; }
};

struct batch_norm final : layer {
  at::Tensor weight, bias, mean, variance, batches;
  double epsilon, momentum;
  batch_norm(int64_t channels, c10::Device device, double epsilon, double momentum);
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
  bool output_is_fresh() const override { return true; }
  void append_learned(std::vector<at::Tensor> &list) const override {
    list.insert(list.end(), {weight, bias});
  }
};

struct leaky_relu final : layer {
  double slope;
  explicit leaky_relu(double slope) : slope(slope) {}
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

struct tanh final : layer {
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

struct dropout final : layer {
  double probability;
  at::Generator random;
  dropout(double probability, at::Generator random) : probability(probability), random(random) {}
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
  const at::Generator *drawn_from() const override { return &random; }
};

/// Layers inside a layer.
struct group : layer {
  layers inner;
  void append_learned(std::vector<at::Tensor> &list) const override;
  const at::Generator *drawn_from() const override;
};

struct residual final : group {
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

struct skip final : group {
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
};

}  // namespace ct

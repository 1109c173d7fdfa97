/// Norms, with the activation and the reflection padding behind them.
#pragma once
#include "handles.h"

namespace ct {

/// What follows an instance norm.
struct norm_options {
  double epsilon;
  double slope = 1;     // of the activation where the norm isn't positive; 1: none
  int64_t padding = 0;  // reflection padding, px
};

/// x [N, C, H, W] with mean 0 and variance 1 in each image's channels, then an activation, then
/// reflection padding, on the processor. It lies in memory as [N, H, W, C], and x is best when it
/// does.
///
/// It has gradients of every order.
at::Tensor instance_normalized(const at::Tensor &x, const norm_options &wanted);

/// A norm, an activation and reflection padding, each of which may be missing.
struct prologue : stage {
  double slope;     // factor of what is not positive; 1: no activation
  int64_t padding;  // px
  prologue(double slope, int64_t padding) : slope(slope), padding(padding) {}
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
  bool is_compound() const override { return slope != 1 && padding > 0; }

 protected:
  at::Tensor activated(at::Tensor input, bool fresh) const;
};

/// One that begins with an instance norm.
struct instance_norm final : prologue {
  double epsilon;
  instance_norm(double epsilon, double slope, int64_t padding)
      : prologue(slope, padding), epsilon(epsilon) {}
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
  bool is_compound() const override { return slope != 1 || padding > 0; }
};

/// One that begins with a batch norm.
struct batch_norm final : prologue {
  at::Tensor weight, bias, mean, variance, batches;
  double epsilon, momentum;
  batch_norm(int64_t channels, c10::Device device, double epsilon, double momentum, double slope,
             int64_t padding);
  at::Tensor forward(at::Tensor input, const pass &how, bool fresh) override;
  void append_trainable(std::vector<at::Tensor> &list) const override {
    list.insert(list.end(), {weight, bias});
  }
  bool is_compound() const override { return slope != 1 || padding > 0; }
};

}  // namespace ct

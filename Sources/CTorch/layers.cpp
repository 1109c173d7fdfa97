#include "layers.h"

#include "block.h"
#include "forgetting.h"
#include "normalization.h"

namespace ct {

/// The layer at `i` of a list if it is of this kind.
template <typename Kind>
static Kind *layer_at(const layers &list, size_t i) {
  return i < list.size() ? dynamic_cast<Kind *>(list[i].get()) : nullptr;
}

/// Runs the norm at `i` and what can follow it as one function; `i` ends behind them.
static at::Tensor run_norm(const layers &list, const instance_norm &norm, size_t &i,
                           const at::Tensor &input) {
  normalization wanted{norm.epsilon};
  norm.check(input);
  i++;
  if (const auto *activation = layer_at<leaky_relu>(list, i)) {
    wanted.slope = activation->slope;
    i++;
  }
  if (const auto *border = layer_at<reflection_padding>(list, i)) {
    wanted.border = border->padding;
    border->check(input);
    i++;
  }
  return normalized(input, wanted);
}

at::Tensor run(const layers &list, at::Tensor input, const pass &how) {
  if (!how.forgets) return run(list, 0, list.size(), std::move(input), how);
  const auto is_group = [&](size_t i) { return layer_at<group>(list, i) != nullptr; };
  for (size_t i = 0; i < list.size();) {
    const size_t first = i++;
    while (!is_group(first) && i < list.size() && !is_group(i)) ++i;
    // A group of the U-Net has others inside it, which would run again for each around them; and
    // one layer alone keeps no more than its input.
    if (layer_at<skip>(list, first) || (i == first + 1 && !is_group(first)))
      input = run(list, first, i, std::move(input), how);
    else
      input = run_forgetting(list, first, i, input);
  }
  return input;
}

at::Tensor run(const layers &list, size_t first, size_t last, at::Tensor input, const pass &how) {
  bool fresh = false;
  for (size_t i = first; i < last;) {
    const bool normed = input.is_cpu() && layer_at<instance_norm>(list, i + 1);
    if (input.is_cpu() && layer_at<instance_norm>(list, i)) {
      input = run_norm(list, *layer_at<instance_norm>(list, i), i, input);
      fresh = false;
    } else if (auto *unbiased = normed ? layer_at<convolution>(list, i) : nullptr) {
      input = unbiased->forward_unbiased(input);
      i++;
    } else {
      input = list[i]->forward(std::move(input), how, fresh);
      fresh = list[i++]->output_is_fresh();
    }
  }
  return input;
}

void reflection_padding::check(const at::Tensor &input) const {
  TORCH_CHECK(input.size(2) > padding && input.size(3) > padding, "a border of ", padding,
              " px can't mirror an image of ", input.sizes());
}

at::Tensor reflection_padding::forward(at::Tensor input, const pass &, bool) {
  return at::reflection_pad2d(input, {padding, padding, padding, padding});
}

at::Tensor doubling::forward(at::Tensor input, const pass &, bool) {
  return at::upsample_nearest2d(input, {2 * input.size(2), 2 * input.size(3)});
}

at::Tensor convolution::forward(at::Tensor input, const pass &, bool) { return run(input, bias); }

at::Tensor convolution::forward_unbiased(const at::Tensor &input) { return run(input, {}); }

at::Tensor convolution::run(const at::Tensor &input, const at::Tensor &added) {
  return transposed ? convolve_transposed(input, weight, added, options)
                    : convolve(input, weight, added, options);
}

void instance_norm::check(const at::Tensor &input) const {
  TORCH_CHECK(input.size(2) * input.size(3) > 1,
              "instance norm needs more than one pixel per channel: the image is too small");
}

at::Tensor instance_norm::forward(at::Tensor input, const pass &, bool) {
  check(input);
  return at::instance_norm(input, {}, {}, {}, {}, /*use_input_stats=*/true, /*momentum=*/0.1,
                           epsilon, /*cudnn_enabled=*/true);
}

batch_norm::batch_norm(int64_t channels, c10::Device device, double epsilon, double momentum)
    : epsilon(epsilon), momentum(momentum) {
  const auto floats = at::TensorOptions().device(device).dtype(at::kFloat);
  weight = at::ones({channels}, floats);
  bias = at::zeros({channels}, floats);
  mean = at::zeros({channels}, floats);
  variance = at::ones({channels}, floats);
  batches = at::zeros({}, floats.dtype(at::kLong));
}

at::Tensor batch_norm::forward(at::Tensor input, const pass &how, bool) {
  const bool tracks = !how.repeats;
  if (how.training && tracks) batches.add_(1);
  return at::batch_norm(input, weight, bias, tracks ? mean : at::Tensor(),
                        tracks ? variance : at::Tensor(), how.training, momentum, epsilon,
                        /*cudnn_enabled=*/true);
}

at::Tensor leaky_relu::forward(at::Tensor input, const pass &, bool fresh) {
  if (slope == 0) return fresh ? at::relu_(input) : at::relu(input);
  return fresh ? at::leaky_relu_(input, slope) : at::leaky_relu(input, slope);
}

at::Tensor tanh::forward(at::Tensor input, const pass &, bool) { return at::tanh(input); }

at::Tensor dropout::forward(at::Tensor input, const pass &how, bool) {
  if (!how.training) return input;
  const double kept = 1 - probability;
  at::Tensor mask;
  {
    const at::NoGradGuard no_graph;
    mask = at::empty_like(input).bernoulli_(kept, random).div_(kept);
  }
  return input * mask;
}

/// Whether a layer is a 3 x 3 convolution at stride 1 without a border of its own.
static const convolution *fusible(const std::unique_ptr<layer> &one) {
  const auto *found = dynamic_cast<const convolution *>(one.get());
  const bool fits = found && !found->transposed && found->options.stride == 1 &&
                    found->options.padding == 0 && found->weight.size(2) == 3 &&
                    found->weight.size(0) == found->weight.size(1);
  return fits ? found : nullptr;
}

/// Whether a block is worth a rounding that is ten times that of direct convolutions: a small and
/// narrow one gains little, and agrees with PyTorch's training to the last bits.
static bool is_large(const at::Tensor &input) {
  return std::min(input.size(2), input.size(3)) >= (input.size(1) >= 128 ? 12 : 48);
}

/// Whether the layers of a block are one function.
static bool is_fusible(const layers &inner, const at::Tensor &input) {
  const auto border = [&](size_t i) {
    const auto *found = dynamic_cast<const reflection_padding *>(inner[i].get());
    return found && found->padding == 1;
  };
  const auto norm = [&](size_t i) { return dynamic_cast<const instance_norm *>(inner[i].get()); };
  const auto *relu = inner.size() == 7 ? dynamic_cast<leaky_relu *>(inner[3].get()) : nullptr;
  return relu && relu->slope == 0 && border(0) && fusible(inner[1]) && norm(2) && border(4) &&
         fusible(inner[5]) && norm(6) && input.is_cpu() && input.dim() == 4 &&
         input.scalar_type() == at::kFloat && is_large(input);
}

void group::append_learned(std::vector<at::Tensor> &list) const {
  for (const auto &one : inner) one->append_learned(list);
}

const at::Generator *group::drawn_from() const {
  for (const auto &one : inner)
    if (const auto *source = one->drawn_from()) return source;
  return nullptr;
}

at::Tensor residual::forward(at::Tensor input, const pass &how, bool) {
  if (is_fusible(inner, input)) {
    const auto *first = fusible(inner[1]), *second = fusible(inner[5]);
    const auto *norm = static_cast<const instance_norm *>(inner[2].get());
    return residual_block(input, first->weight, second->weight, norm->epsilon);
  }
  return input + run(inner, input, how);
}

at::Tensor skip::forward(at::Tensor input, const pass &how, bool) {
  return at::cat({input, run(inner, input, how)}, 1);
}

}  // namespace ct

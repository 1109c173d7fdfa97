#include "layers.h"

#include "convolution.h"

namespace ct {

at::Tensor run(const layers &list, at::Tensor input, bool training) {
  bool fresh = false;
  for (const auto &layer : list) {
    input = layer->forward(std::move(input), training, fresh);
    fresh = layer->output_is_fresh();
  }
  return input;
}

at::Tensor reflection_padding::forward(at::Tensor input, bool, bool) {
  return at::reflection_pad2d(input, {padding, padding, padding, padding});
}

at::Tensor convolution::forward(at::Tensor input, bool, bool) {
  if (!transposed) return convolve(input, weight, bias, stride, padding);
  return convolve_transposed(input, weight, bias, stride, padding, output_padding);
}

at::Tensor instance_norm::forward(at::Tensor input, bool, bool) {
  TORCH_CHECK(input.size(2) * input.size(3) > 1,
              "instance norm needs more than one pixel per channel: the image is too small");
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

at::Tensor batch_norm::forward(at::Tensor input, bool training, bool) {
  if (training) batches.add_(1);
  return at::batch_norm(input, weight, bias, mean, variance, training, momentum, epsilon,
                        /*cudnn_enabled=*/true);
}

at::Tensor leaky_relu::forward(at::Tensor input, bool, bool fresh) {
  if (slope == 0) return fresh ? at::relu_(input) : at::relu(input);
  return fresh ? at::leaky_relu_(input, slope) : at::leaky_relu(input, slope);
}

at::Tensor tanh::forward(at::Tensor input, bool, bool) { return at::tanh(input); }

at::Tensor dropout::forward(at::Tensor input, bool training, bool) {
  if (!training) return input;
  const double kept = 1 - probability;
  at::Tensor mask;
  {
    const at::NoGradGuard no_graph;
    mask = at::empty_like(input).bernoulli_(kept, random).div_(kept);
  }
  return input * mask;
}

at::Tensor residual::forward(at::Tensor input, bool training, bool) {
  return input + run(inner, input, training);
}

at::Tensor skip::forward(at::Tensor input, bool training, bool) {
  return at::cat({input, run(inner, input, training)}, 1);
}

}  // namespace ct

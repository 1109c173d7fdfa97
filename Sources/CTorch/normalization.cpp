#include "normalization.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

/// The definition, in LibTorch's operations.
at::Tensor composed(const at::Tensor &x, const ct::norm_options &wanted) {
  const auto centered = x - x.mean({2, 3}, /*keepdim=*/true);
  const auto variance = (centered * centered).mean({2, 3}, /*keepdim=*/true);
  auto y = centered * at::rsqrt(variance + wanted.epsilon);
  if (wanted.slope != 1) y = at::leaky_relu(y, wanted.slope);
  const int64_t padding = wanted.padding;
  return padding > 0 ? at::reflection_pad2d(y, {padding, padding, padding, padding}) : y;
}

ck_instance_norm_shape shape(const at::Tensor &x, const ct::norm_options &wanted) {
  const auto side = [&](int i) { return static_cast<int>(x.size(i)); };
  return {side(0),
          side(2),
          side(3),
          side(1),
          static_cast<int>(wanted.padding),
          static_cast<float>(wanted.slope),
          static_cast<float>(wanted.epsilon)};
}

struct instance_norm_function : torch::autograd::Function<instance_norm_function> {
  static Variable forward(AutogradContext *context, const Variable &x, double epsilon, double slope,
                          int64_t padding) {
    const auto dense = x.contiguous(channels_last);
    const auto s = shape(dense, {epsilon, slope, padding});
    const auto statistics =
        at::empty({static_cast<int64_t>(ck_instance_norm_statistics(&s))}, dense.options());
    const auto y =
        at::empty({x.size(0), x.size(1), x.size(2) + 2 * padding, x.size(3) + 2 * padding},
                  dense.options(), channels_last);
    ck_error error;
    ct::check(ck_instance_norm_forward(&s, dense.data_ptr<float>(), statistics.data_ptr<float>(),
                                       y.data_ptr<float>(), &error),
              error);
    context->save_for_backward({x, statistics});
    context->saved_data["epsilon"] = epsilon;
    context->saved_data["slope"] = slope;
    context->saved_data["padding"] = padding;
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    auto &data = context->saved_data;
    const ct::norm_options wanted{data["epsilon"].toDouble(), data["slope"].toDouble(),
                                  data["padding"].toInt()};
    const auto dx = at::GradMode::is_enabled() ? differentiable(saved[0], wanted, gradients[0])
                                               : plain(saved[0], saved[1], wanted, gradients[0]);
    return {dx, Variable(), Variable(), Variable()};
  }

  /// The gradient where somebody wants the gradient's gradient.
  static Variable differentiable(const Variable &x, const ct::norm_options &wanted,
                                 const Variable &dy) {
    return torch::autograd::grad({composed(x, wanted)}, {x}, {dy}, /*retain_graph=*/true,
                                 /*create_graph=*/true)[0];
  }

  static Variable plain(const Variable &x, const Variable &statistics,
                        const ct::norm_options &wanted, const Variable &gradient) {
    const auto dense = x.contiguous(channels_last), dy = gradient.contiguous(channels_last);
    const auto dx = at::empty_like(dense);
    const auto s = shape(dense, wanted);
    ck_error error;
    ct::check(ck_instance_norm_backward(&s, dense.data_ptr<float>(), statistics.data_ptr<float>(),
                                        dy.data_ptr<float>(), dx.data_ptr<float>(), &error),
              error);
    return dx;
  }
};

}  // namespace

namespace ct {

at::Tensor instance_normalized(const at::Tensor &x, const norm_options &wanted) {
  return instance_norm_function::apply(x, wanted.epsilon, wanted.slope, wanted.padding);
}

at::Tensor prologue::activated(at::Tensor input, bool fresh) const {
  if (slope == 0)
    input = fresh ? at::relu_(input) : at::relu(input);
  else if (slope != 1)
    input = fresh ? at::leaky_relu_(input, slope) : at::leaky_relu(input, slope);
  return padding > 0 ? at::reflection_pad2d(input, {padding, padding, padding, padding}) : input;
}

at::Tensor prologue::forward(at::Tensor input, const pass &, bool fresh) {
  return activated(std::move(input), fresh);
}

at::Tensor instance_norm::forward(at::Tensor input, const pass &, bool) {
  TORCH_CHECK(input.size(2) * input.size(3) > 1,
              "instance norm needs more than one pixel per channel: the image is too small");
  if (input.is_cpu()) {
    TORCH_CHECK(input.size(2) > padding && input.size(3) > padding, "reflection padding of ",
                padding, " px needs an image larger than ", input.sizes());
    return instance_normalized(input, {epsilon, slope, padding});
  }
  input = at::instance_norm(input, {}, {}, {}, {}, /*use_input_stats=*/true, /*momentum=*/0.1,
                            epsilon, /*cudnn_enabled=*/true);
  return activated(std::move(input), /*fresh=*/true);
}

batch_norm::batch_norm(int64_t channels, c10::Device device, double epsilon, double momentum,
                       double slope, int64_t padding)
    : prologue(slope, padding), epsilon(epsilon), momentum(momentum) {
  const auto floats = at::TensorOptions().device(device).dtype(at::kFloat);
  weight = at::ones({channels}, floats);
  bias = at::zeros({channels}, floats);
  mean = at::zeros({channels}, floats);
  variance = at::ones({channels}, floats);
  batches = at::zeros({}, floats.dtype(at::kLong));
}

at::Tensor batch_norm::forward(at::Tensor input, const pass &how, bool) {
  const bool tracks = !how.reruns;
  if (how.training && tracks) batches.add_(1);
  input = at::batch_norm(input, weight, bias, tracks ? mean : at::Tensor(),
                         tracks ? variance : at::Tensor(), how.training, momentum, epsilon,
                         /*cudnn_enabled=*/true);
  return activated(std::move(input), /*fresh=*/true);
}

}  // namespace ct

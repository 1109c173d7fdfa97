#include "normalization.h"

#include <CKernels.h>

#include "kernels_check.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

/// The definition, in LibTorch's operations.
at::Tensor composed(const at::Tensor &x, const ct::normalization &wanted) {
  const auto centred = x - x.mean({2, 3}, /*keepdim=*/true);
  const auto variance = (centred * centred).mean({2, 3}, /*keepdim=*/true);
  auto y = centred * at::rsqrt(variance + wanted.epsilon);
  if (wanted.slope != 1) y = at::leaky_relu(y, wanted.slope);
  const int64_t border = wanted.border;
  return border > 0 ? at::reflection_pad2d(y, {border, border, border, border}) : y;
}

ck_instance_norm_shape shape(const at::Tensor &x, const ct::normalization &wanted) {
  const auto side = [&](int i) { return static_cast<int>(x.size(i)); };
  return {side(0),
          side(2),
          side(3),
          side(1),
          static_cast<int>(wanted.border),
          static_cast<float>(wanted.slope),
          static_cast<float>(wanted.epsilon)};
}

struct normalization_function : torch::autograd::Function<normalization_function> {
  static Variable forward(AutogradContext *context, const Variable &x, double epsilon, double slope,
                          int64_t border) {
    const auto dense = x.contiguous(channels_last);
    const auto s = shape(dense, {epsilon, slope, border});
    const auto statistics =
        at::empty({static_cast<int64_t>(ck_instance_norm_statistics(&s))}, dense.options());
    const auto y = at::empty({x.size(0), x.size(1), x.size(2) + 2 * border, x.size(3) + 2 * border},
                             dense.options(), channels_last);
    ck_error error;
    ct::check(ck_instance_norm_forward(&s, dense.data_ptr<float>(), statistics.data_ptr<float>(),
                                       y.data_ptr<float>(), &error),
              error);
    context->save_for_backward({x, statistics});
    context->saved_data["epsilon"] = epsilon;
    context->saved_data["slope"] = slope;
    context->saved_data["border"] = border;
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    auto &data = context->saved_data;
    const ct::normalization wanted{data["epsilon"].toDouble(), data["slope"].toDouble(),
                                   data["border"].toInt()};
    const auto dx = at::GradMode::is_enabled() ? differentiable(saved[0], wanted, gradients[0])
                                               : plain(saved[0], saved[1], wanted, gradients[0]);
    return {dx, Variable(), Variable(), Variable()};
  }

  /// The gradient where somebody wants the gradient's gradient.
  static Variable differentiable(const Variable &x, const ct::normalization &wanted,
                                 const Variable &dy) {
    return torch::autograd::grad({composed(x, wanted)}, {x}, {dy}, /*retain_graph=*/true,
                                 /*create_graph=*/true)[0];
  }

  static Variable plain(const Variable &x, const Variable &statistics,
                        const ct::normalization &wanted, const Variable &gradient) {
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

at::Tensor ct::normalized(const at::Tensor &x, const normalization &wanted) {
  return normalization_function::apply(x, wanted.epsilon, wanted.slope, wanted.border);
}

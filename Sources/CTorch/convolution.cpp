#include "convolution.h"

#include "weight_identity.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

/// Activations of these extents, in memory as [N, H, W, C].
at::Tensor empty(at::IntArrayRef sizes, const at::Tensor &like) {
  return at::empty(sizes, like.options(), channels_last);
}

/// Stride and padding, px, and whether factors are rounded.
struct geometry {
  int64_t stride, padding;
  bool bf16;
};

ck_convolution_extents shape(at::IntArrayRef x, at::IntArrayRef weight, at::IntArrayRef y,
                             geometry g, ck_weight_identity identity) {
  return {x[0], x[1],      x[2],     x[3],      y[1],   y[2],
          y[3], weight[2], g.stride, g.padding, g.bf16, identity};
}

// A convolution y = w * x is linear in x and in w. With its adjoints x = data(y, w) and
// w = weight(x, y) it makes a closed set: the gradients of each are the two others.

at::Tensor forward(const at::Tensor &x, const at::Tensor &w, const at::Tensor &bias, geometry g) {
  const auto side = [&](int64_t from) {
    const int64_t steps = from + 2 * g.padding - w.size(2);
    TORCH_CHECK(steps >= 0, "a side of ", from, " px is too small for a kernel of ", w.size(2));
    return steps / g.stride + 1;
  };
  TORCH_CHECK(x.dim() == 4 && x.size(1) == w.size(1), "a convolution of ", w.size(1),
              " channels meets an image of ", x.sizes());
  const auto y = empty({x.size(0), w.size(0), side(x.size(2)), side(x.size(3))}, x);
  const auto s = shape(x.sizes(), w.sizes(), y.sizes(), g, ct::identity_of(w));
  const auto dense = x.contiguous(channels_last);
  ck_error error;
  ct::check(ck_convolution_forward(&s, dense.data_ptr<float>(), w.contiguous().data_ptr<float>(),
                                   bias.defined() ? bias.data_ptr<float>() : nullptr,
                                   y.data_ptr<float>(), &error),
            error);
  return y;
}

at::Tensor data(const at::Tensor &y, const at::Tensor &w, at::IntArrayRef x_sizes, geometry g) {
  TORCH_CHECK(y.dim() == 4 && y.size(1) == w.size(0), "a transposed convolution of ", w.size(0),
              " channels meets an image of ", y.sizes());
  const auto x = empty(x_sizes, y);
  const auto s = shape(x_sizes, w.sizes(), y.sizes(), g, ct::identity_of(w));
  const auto dense = y.contiguous(channels_last), kernel = w.contiguous();
  ck_error error;
  ct::check(ck_convolution_backward_data(&s, dense.data_ptr<float>(), kernel.data_ptr<float>(),
                                         x.data_ptr<float>(), &error),
            error);
  return x;
}

at::Tensor weight(const at::Tensor &x, const at::Tensor &y, at::IntArrayRef w_sizes, geometry g) {
  const auto w = at::empty(w_sizes, x.options());
  const auto s = shape(x.sizes(), w_sizes, y.sizes(), g, {0, 0});
  const auto dense_x = x.contiguous(channels_last), dense_y = y.contiguous(channels_last);
  ck_error error;
  ct::check(ck_convolution_backward_weights(&s, dense_x.data_ptr<float>(),
                                            dense_y.data_ptr<float>(), w.data_ptr<float>(), &error),
            error);
  return w;
}

/// What a backward pass needs of the two factors.
struct kept {
  Variable first, second;
  bool wants_first, wants_second;
  geometry g;

  static void keep(AutogradContext *context, const Variable &first, const Variable &second,
                   geometry g) {
    context->save_for_backward({first, second});
    context->saved_data["wants_first"] = first.requires_grad();
    context->saved_data["wants_second"] = second.requires_grad();
    context->saved_data["stride"] = g.stride;
    context->saved_data["padding"] = g.padding;
    context->saved_data["bf16"] = g.bf16;
  }

  static kept of(AutogradContext *context) {
    const auto saved = context->get_saved_variables();
    auto &data = context->saved_data;
    return {saved[0],
            saved[1],
            data["wants_first"].toBool(),
            data["wants_second"].toBool(),
            {data["stride"].toInt(), data["padding"].toInt(), data["bf16"].toBool()}};
  }
};

Variable apply_forward(const Variable &x, const Variable &w, geometry g);
Variable apply_data(const Variable &y, const Variable &w, at::IntArrayRef sizes, geometry g);
Variable apply_weight(const Variable &x, const Variable &y, at::IntArrayRef sizes, geometry g);

struct forward_function : torch::autograd::Function<forward_function> {
  static Variable forward(AutogradContext *context, const Variable &x, const Variable &w,
                          int64_t stride, int64_t padding, bool bf16) {
    kept::keep(context, x, w, {stride, padding, bf16});
    return ::forward(x, w, {}, {stride, padding, bf16});
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto k = kept::of(context);
    const auto &y = gradients[0];
    return {k.wants_first ? apply_data(y, k.second, k.first.sizes(), k.g) : Variable(),
            k.wants_second ? apply_weight(k.first, y, k.second.sizes(), k.g) : Variable(),
            Variable(), Variable(), Variable()};
  }
};

struct biased_function : torch::autograd::Function<biased_function> {
  static Variable forward(AutogradContext *context, const Variable &x, const Variable &w,
                          const Variable &bias, int64_t stride, int64_t padding, bool bf16) {
    kept::keep(context, x, w, {stride, padding, bf16});
    context->saved_data["wants_bias"] = bias.requires_grad();
    return ::forward(x, w, bias, {stride, padding, bf16});
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto all = forward_function::backward(context, gradients);
    const bool wants_bias = context->saved_data["wants_bias"].toBool();
    const auto bias = wants_bias ? gradients[0].sum({0, 2, 3}) : Variable();
    return {all[0], all[1], bias, Variable(), Variable(), Variable()};
  }
};

struct data_function : torch::autograd::Function<data_function> {
  static Variable forward(AutogradContext *context, const Variable &y, const Variable &w,
                          at::IntArrayRef sizes, int64_t stride, int64_t padding, bool bf16) {
    kept::keep(context, y, w, {stride, padding, bf16});
    return data(y, w, sizes, {stride, padding, bf16});
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto k = kept::of(context);
    const auto &x = gradients[0];
    return {k.wants_first ? apply_forward(x, k.second, k.g) : Variable(),
            k.wants_second ? apply_weight(x, k.first, k.second.sizes(), k.g) : Variable(),
            Variable(),
            Variable(),
            Variable(),
            Variable(),
            Variable()};
  }
};

struct weight_function : torch::autograd::Function<weight_function> {
  static Variable forward(AutogradContext *context, const Variable &x, const Variable &y,
                          at::IntArrayRef sizes, int64_t stride, int64_t padding, bool bf16) {
    kept::keep(context, x, y, {stride, padding, bf16});
    return weight(x, y, sizes, {stride, padding, bf16});
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto k = kept::of(context);
    const auto &w = gradients[0];
    return {k.wants_first ? apply_data(k.second, w, k.first.sizes(), k.g) : Variable(),
            k.wants_second ? apply_forward(k.first, w, k.g) : Variable(),
            Variable(),
            Variable(),
            Variable(),
            Variable()};
  }
};

Variable apply_forward(const Variable &x, const Variable &w, geometry g) {
  return forward_function::apply(x, w, g.stride, g.padding, g.bf16);
}

Variable apply_data(const Variable &y, const Variable &w, at::IntArrayRef sizes, geometry g) {
  return data_function::apply(y, w, sizes, g.stride, g.padding, g.bf16);
}

Variable apply_weight(const Variable &x, const Variable &y, at::IntArrayRef sizes, geometry g) {
  return weight_function::apply(x, y, sizes, g.stride, g.padding, g.bf16);
}

/// A factor as a device takes it.
at::Tensor factor(const at::Tensor &values, const ct::convolution_options &o) {
  return o.bf16 ? values.to(at::kBFloat16) : values;
}

at::Tensor biased(const at::Tensor &values, const at::Tensor &bias) {
  return bias.defined() ? values + bias.view({1, -1, 1, 1}) : values;
}

}  // namespace

namespace ct {

at::Tensor convolve(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                    const convolution_options &o) {
  if (!x.is_cpu()) {
    const auto y =
        at::conv2d(factor(x, o), factor(weight, o), {}, o.stride, o.padding).to(at::kFloat);
    return biased(y, bias);
  }
  if (!bias.defined()) return apply_forward(x, weight, {o.stride, o.padding, o.bf16});
  return biased_function::apply(x, weight, bias, o.stride, o.padding, o.bf16);
}

at::Tensor convolve_transposed(const at::Tensor &y, const at::Tensor &weight,
                               const at::Tensor &bias, const convolution_options &o) {
  if (!y.is_cpu()) {
    const auto x = at::conv_transpose2d(factor(y, o), factor(weight, o), {}, o.stride, o.padding,
                                        o.output_padding);
    return biased(x.to(at::kFloat), bias);
  }
  const auto side = [&](int64_t from) {
    return (from - 1) * o.stride - 2 * o.padding + weight.size(2) + o.output_padding;
  };
  TORCH_CHECK(y.dim() == 4, "a transposed convolution meets an image of ", y.sizes());
  const std::vector<int64_t> sizes{y.size(0), weight.size(1), side(y.size(2)), side(y.size(3))};
  return biased(apply_data(y, weight, sizes, {o.stride, o.padding, o.bf16}), bias);
}

convolution::convolution(at::Tensor weight, at::Tensor bias, const ct_convolution &description)
    : weight(weight),
      bias(bias),
      options{description.stride, description.padding, description.output_padding,
              description.bf16},
      transposed(description.transposed),
      instance_normalized(description.instance_normalized) {
  register_weight(weight);
}

at::Tensor convolution::forward(at::Tensor input, const pass &, bool) {
  // An instance norm would take the bias out again; on a device the graph is left as it is written.
  const auto added = input.is_cpu() && instance_normalized ? at::Tensor() : bias;
  return transposed ? convolve_transposed(input, weight, added, options)
                    : convolve(input, weight, added, options);
}

}  // namespace ct

#include <algorithm>

#include "layers.h"

using ct::guarded;
using ct::produce;

/// Registers a tensor under its official name and gives it back.
static at::Tensor add_tensor(ct_network *network, std::string name, at::Tensor value,
                             bool learned) {
  if (learned) value.requires_grad_();
  network->tensors.push_back({std::move(name), value, learned});
  return value;
}

static const ct::named_tensor &find(const ct_network *network, const char *name) {
  for (const auto &tensor : network->tensors)
    if (tensor.name == name) return tensor;
  TORCH_CHECK(false, "the network has no tensor called ", name);
}

template <typename Layer, typename... Arguments>
static ct_status add(ct_network *network, ct_error *error, Arguments... arguments) {
  return guarded(error, [&] {
    network->open.back()->push_back(std::make_unique<Layer>(std::move(arguments)...));
  });
}

template <typename Group>
static ct_status begin(ct_network *network, ct_error *error) {
  return guarded(error, [&] {
    auto group = std::make_unique<Group>();
    auto *inner = &group->inner;
    network->open.back()->push_back(std::move(group));
    network->open.push_back(inner);
  });
}

ct_status ct_network_init(const char *device, const ct_random *random, ct_network **output,
                          ct_error *error) {
  *output = nullptr;
  return guarded(error, [&] {
    *output = new ct_network{c10::Device(device), random->source, {}, {}, {}};
    (*output)->open.push_back(&(*output)->layers);
  });
}

void ct_network_free(ct_network *network) { delete network; }

ct_status ct_network_add_convolution(ct_network *network, const ct_convolution *convolution,
                                     ct_error *error) {
  return guarded(error, [&] {
    const auto &c = *convolution;
    const auto options = at::TensorOptions().device(network->device).dtype(at::kFloat);
    const std::string name(c.name);
    const auto outermost = c.transposed ? c.input_channels : c.output_channels;
    const auto next = c.transposed ? c.output_channels : c.input_channels;
    const auto weight =
        add_tensor(network, name + ".weight",
                   at::zeros({outermost, next, c.kernel, c.kernel}, options), /*learned=*/true);
    at::Tensor bias;
    if (c.bias)
      bias = add_tensor(network, name + ".bias", at::zeros({c.output_channels}, options),
                        /*learned=*/true);
    network->open.back()->push_back(std::make_unique<ct::convolution>(weight, bias, c));
  });
}

ct_status ct_network_add_reflection_padding(ct_network *network, int64_t padding, ct_error *error) {
  return add<ct::reflection_padding>(network, error, padding);
}

ct_status ct_network_add_doubling(ct_network *network, ct_error *error) {
  return add<ct::doubling>(network, error);
}

ct_status ct_network_add_instance_norm(ct_network *network, double epsilon, ct_error *error) {
  return add<ct::instance_norm>(network, error, epsilon);
}

ct_status ct_network_add_batch_norm(ct_network *network, const char *name, int64_t channels,
                                    double epsilon, double momentum, ct_error *error) {
  return guarded(error, [&] {
    auto norm = std::make_unique<ct::batch_norm>(channels, network->device, epsilon, momentum);
    const std::string prefix(name);
    add_tensor(network, prefix + ".weight", norm->weight, /*learned=*/true);
    add_tensor(network, prefix + ".bias", norm->bias, /*learned=*/true);
    add_tensor(network, prefix + ".running_mean", norm->mean, /*learned=*/false);
    add_tensor(network, prefix + ".running_var", norm->variance, /*learned=*/false);
    add_tensor(network, prefix + ".num_batches_tracked", norm->batches, /*learned=*/false);
    network->open.back()->push_back(std::move(norm));
  });
}

ct_status ct_network_add_leaky_relu(ct_network *network, double slope, ct_error *error) {
  return add<ct::leaky_relu>(network, error, slope);
}

ct_status ct_network_add_tanh(ct_network *network, ct_error *error) {
  return add<ct::tanh>(network, error);
}

ct_status ct_network_add_dropout(ct_network *network, double probability, ct_error *error) {
  return add<ct::dropout>(network, error, probability, network->random);
}

ct_status ct_network_begin_residual(ct_network *network, ct_error *error) {
  return begin<ct::residual>(network, error);
}

ct_status ct_network_begin_skip(ct_network *network, ct_error *error) {
  return begin<ct::skip>(network, error);
}

ct_status ct_network_end(ct_network *network, ct_error *error) {
  return guarded(error, [&] {
    TORCH_CHECK(network->open.size() > 1, "no group of layers is open");
    network->open.pop_back();
  });
}

ct_status ct_network_forward(ct_network *network, const ct_tensor *input, ct_tensor **output,
                             ct_error *error) {
  return produce(output, error, [&] {
    return ct::run(network->layers, input->value, {true, network->forgets});
  });
}

ct_status ct_network_apply(ct_network *network, const ct_tensor *input, ct_tensor **output,
                           ct_error *error) {
  return produce(output, error, [&] {
    const at::NoGradGuard no_graph;
    return ct::run(network->layers, input->value, {false});
  });
}

void ct_network_set_forgetting(ct_network *network, bool forgets) { network->forgets = forgets; }

ct_status ct_network_set_learning(ct_network *network, bool learning, ct_error *error) {
  return guarded(error, [&] {
    for (auto &tensor : network->tensors)
      if (tensor.learned) tensor.value.requires_grad_(learning);
  });
}

ct_status ct_network_clear_gradients(ct_network *network, ct_error *error) {
  return guarded(error, [&] {
    for (auto &tensor : network->tensors) tensor.value.mutable_grad().reset();
  });
}

ct_status ct_network_scale_gradients(ct_network *network, double factor, ct_error *error) {
  return guarded(error, [&] {
    const at::NoGradGuard no_graph;
    for (auto &tensor : network->tensors)
      if (tensor.value.grad().defined()) tensor.value.mutable_grad().mul_(factor);
  });
}

ct_status ct_network_tensor(const ct_network *network, const char *name, ct_tensor **output,
                            ct_error *error) {
  return produce(output, error, [&] { return find(network, name).value; });
}

ct_status ct_network_gradient(const ct_network *network, const char *name, ct_tensor **output,
                              ct_error *error) {
  return produce(output, error, [&] {
    const auto &value = find(network, name).value;
    const auto gradient = value.grad();
    return gradient.defined() ? gradient : at::zeros_like(value).detach();
  });
}

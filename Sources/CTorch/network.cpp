#include "residual_block.h"

using ct::guarded;
using ct::produce;

/// Registers a tensor under its official name and gives it back.
static at::Tensor add_tensor(ct_network *network, std::string name, at::Tensor value,
                             bool trainable) {
  if (trainable) value.requires_grad_();
  network->tensors.push_back({std::move(name), value, trainable});
  return value;
}

static const ct::named_tensor &find(const ct_network *network, const char *name) {
  for (const auto &tensor : network->tensors)
    if (tensor.name == name) return tensor;
  TORCH_CHECK(false, "the network has no tensor called ", name);
}

/// Makes a convolution with zeros, and registers its parameters.
static std::unique_ptr<ct::convolution> make(ct_network *network, const ct_convolution &c) {
  const auto options = at::TensorOptions().device(network->device).dtype(at::kFloat);
  const std::string name(c.name);
  const auto outermost = c.transposed ? c.input_channels : c.output_channels;
  const auto next = c.transposed ? c.output_channels : c.input_channels;
  const auto weight =
      add_tensor(network, name + ".weight",
                 at::zeros({outermost, next, c.kernel, c.kernel}, options), /*trainable=*/true);
  at::Tensor bias;
  if (c.bias)
    bias = add_tensor(network, name + ".bias", at::zeros({c.output_channels}, options),
                      /*trainable=*/true);
  return std::make_unique<ct::convolution>(weight, bias, c);
}

template <typename Stage, typename... Arguments>
static ct_status add(ct_network *network, ct_error *error, Arguments... arguments) {
  return guarded(error, [&] {
    network->open.back()->push_back(std::make_unique<Stage>(std::move(arguments)...));
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
    (*output)->open.push_back(&(*output)->stages);
  });
}

void ct_network_free(ct_network *network) { delete network; }

ct_status ct_network_add_convolution(ct_network *network, const ct_convolution *convolution,
                                     ct_error *error) {
  return guarded(error, [&] { network->open.back()->push_back(make(network, *convolution)); });
}

ct_status ct_network_add_residual_block(ct_network *network, const ct_convolution *first,
                                        const ct_convolution *second, double epsilon,
                                        ct_error *error) {
  return guarded(error, [&] {
    auto inner = make(network, *first), outer = make(network, *second);
    network->open.back()->push_back(
        std::make_unique<ct::residual_block>(std::move(inner), std::move(outer), epsilon));
  });
}

ct_status ct_network_add_prologue(ct_network *network, const ct_prologue *prologue,
                                  ct_error *error) {
  const auto &p = *prologue;
  switch (p.norm) {
    case CT_NORM_NONE:
      return add<ct::prologue>(network, error, p.slope, p.padding);
    case CT_NORM_INSTANCE:
      return add<ct::instance_norm>(network, error, p.epsilon, p.slope, p.padding);
    case CT_NORM_BATCH:
      break;
  }
  return guarded(error, [&] {
    auto norm = std::make_unique<ct::batch_norm>(p.channels, network->device, p.epsilon, p.momentum,
                                                 p.slope, p.padding);
    const std::string prefix(p.name);
    add_tensor(network, prefix + ".weight", norm->weight, /*trainable=*/true);
    add_tensor(network, prefix + ".bias", norm->bias, /*trainable=*/true);
    add_tensor(network, prefix + ".running_mean", norm->mean, /*trainable=*/false);
    add_tensor(network, prefix + ".running_var", norm->variance, /*trainable=*/false);
    add_tensor(network, prefix + ".num_batches_tracked", norm->batches, /*trainable=*/false);
    network->open.back()->push_back(std::move(norm));
  });
}

ct_status ct_network_add_nearest_upsampling(ct_network *network, ct_error *error) {
  return add<ct::nearest_upsampling>(network, error);
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
    return ct::run(network->stages, input->value, {true, network->checkpoints});
  });
}

ct_status ct_network_apply(ct_network *network, const ct_tensor *input, ct_tensor **output,
                           ct_error *error) {
  return produce(output, error, [&] {
    const at::NoGradGuard no_graph;
    return ct::run(network->stages, input->value, {false});
  });
}

void ct_network_set_checkpointing(ct_network *network, bool checkpoints) {
  network->checkpoints = checkpoints;
}

ct_status ct_network_set_requires_grad(ct_network *network, bool requires_grad, ct_error *error) {
  return guarded(error, [&] {
    for (auto &tensor : network->tensors)
      if (tensor.trainable) tensor.value.requires_grad_(requires_grad);
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

ct_status ct_network_lerp(ct_network *network, const ct_network *target, double weight,
                          ct_error *error) {
  return guarded(error, [&] {
    const at::NoGradGuard no_graph;
    TORCH_CHECK(network->tensors.size() == target->tensors.size(), "the networks differ");
    for (size_t i = 0; i < network->tensors.size(); ++i) {
      const auto &toward = target->tensors[i];
      auto &own = network->tensors[i];
      // Copied at weight 1, where the sum of a number and a difference would be rounded.
      if (toward.trainable && weight != 1)
        own.value.lerp_(toward.value, weight);
      else
        own.value.copy_(toward.value);
    }
  });
}

#include <cmath>

#include "handles.h"

namespace {

/// One parameter with its moments.
struct slot {
  at::Tensor parameter, mean, square;
  int64_t steps;
};

void step_on_host(const slot &s, const at::Tensor &gradient, const ck_adam_update &u) {
  ck_adam_step(&u, s.parameter.data_ptr<float>(), gradient.data_ptr<float>(),
               s.mean.data_ptr<float>(), s.square.data_ptr<float>(), s.parameter.numel());
  s.parameter.unsafeGetTensorImpl()->bump_version();
}

void step_on_device(const slot &s, const at::Tensor &gradient, const ck_adam_update &u) {
  auto mean = s.mean, square = s.square, parameter = s.parameter;
  mean.mul_(u.beta1).add_(gradient, u.rest1);
  square.mul_(u.beta2).addcmul_(gradient, gradient, u.rest2);
  parameter.addcdiv_(mean, square.sqrt().div_(u.correction).add_(u.epsilon), -u.rate);
}

}  // namespace

struct ct_adam {
  double beta1, beta2;
  std::vector<slot> slots;
};

ct_status ct_adam_init(ct_network *const *networks, int32_t count, double beta1, double beta2,
                       ct_adam **output, ct_error *error) {
  *output = nullptr;
  return ct::guarded(error, [&] {
    auto adam = std::make_unique<ct_adam>(ct_adam{beta1, beta2, {}});
    for (int32_t i = 0; i < count; ++i)
      for (const auto &tensor : networks[i]->tensors) {
        if (!tensor.trainable) continue;
        const auto zeros = at::zeros_like(tensor.value).detach();
        adam->slots.push_back({tensor.value, zeros, zeros.clone(), 0});
      }
    *output = adam.release();
  });
}

void ct_adam_free(ct_adam *adam) { delete adam; }

ct_status ct_adam_step(ct_adam *adam, double rate, ct_error *error) {
  return ct::guarded(error, [&] {
    const at::NoGradGuard no_graph;
    // The epsilon is PyTorch's default.
    for (auto &s : adam->slots) {
      if (!s.parameter.grad().defined()) continue;
      const auto gradient = s.parameter.grad().contiguous();
      s.steps += 1;
      const double first = 1 - std::pow(adam->beta1, s.steps);
      const double second = std::sqrt(1 - std::pow(adam->beta2, s.steps));
      const auto narrowed = [](double value) { return static_cast<float>(value); };
      const ck_adam_update u{narrowed(adam->beta1),
                             narrowed(1 - adam->beta1),
                             narrowed(adam->beta2),
                             narrowed(1 - adam->beta2),
                             narrowed(rate / first),
                             narrowed(second),
                             1e-8f};
      if (s.parameter.is_cpu())
        step_on_host(s, gradient, u);
      else
        step_on_device(s, gradient, u);
    }
  });
}

int64_t ct_adam_count(const ct_adam *adam) { return adam->slots.size(); }

int64_t ct_adam_steps(const ct_adam *adam, int64_t index) {
  return index >= 0 && index < ct_adam_count(adam) ? adam->slots[index].steps : 0;
}

void ct_adam_set_steps(ct_adam *adam, int64_t index, int64_t steps) {
  if (index >= 0 && index < ct_adam_count(adam)) adam->slots[index].steps = steps;
}

ct_status ct_adam_moment(const ct_adam *adam, int64_t index, bool squared, ct_tensor **output,
                         ct_error *error) {
  return ct::produce(output, error, [&] {
    const auto &s = adam->slots.at(index);
    return squared ? s.square : s.mean;
  });
}

#include "checkpoint.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

/// Some stages of a list.
struct range {
  const ct::stages *list;
  size_t first, last;

  at::Tensor run(const at::Tensor &input, const ct::pass &how) const {
    return ct::run(*list, first, last, input, how);
  }

  variable_list trainable() const {
    variable_list found;
    for (size_t i = first; i < last; ++i) (*list)[i]->append_trainable(found);
    return found;
  }

  /// What is drawn from; undefined if nothing is.
  at::Generator source() const {
    for (size_t i = first; i < last; ++i)
      if (const auto *found = (*list)[i]->generator()) return *found;
    return {};
  }
};

/// Takes a source of random numbers back to an earlier state for as long as this lives.
struct rewound_generator {
  at::Generator source;
  at::Tensor now;

  rewound_generator(at::Generator source, const at::Tensor &then) : source(source) {
    if (!source.defined()) return;
    now = source.get_state();
    source.set_state(then);
  }
  ~rewound_generator() {
    if (source.defined()) source.set_state(now);
  }
};

struct checkpoint_function : torch::autograd::Function<checkpoint_function> {
  static Variable forward(AutogradContext *context, const Variable &input,
                          at::TensorList /*trainable*/, const range &some) {
    context->save_for_backward({input});
    auto &data = context->saved_data;
    data["list"] = reinterpret_cast<int64_t>(some.list);
    data["first"] = static_cast<int64_t>(some.first);
    data["last"] = static_cast<int64_t>(some.last);
    if (const auto source = some.source(); source.defined()) data["random"] = source.get_state();
    return some.run(input, {/*training=*/true});
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto &data = context->saved_data;
    const auto number = [&](const char *name) { return data[name].toInt(); };
    const range some{reinterpret_cast<const ct::stages *>(number("list")),
                     static_cast<size_t>(number("first")), static_cast<size_t>(number("last"))};
    const auto original = context->get_saved_variables()[0];
    const auto input = original.detach().requires_grad_(original.requires_grad());
    auto all = some.trainable();
    all.insert(all.begin(), input);
    variable_list wanted;
    for (const auto &one : all)
      if (one.requires_grad()) wanted.push_back(one);
    const auto found = torch::autograd::grad({again(some, input, data)}, wanted, {gradients[0]},
                                             /*retain_graph=*/false, /*create_graph=*/false,
                                             /*allow_unused=*/true);
    variable_list results;
    for (size_t i = 0, next = 0; i < all.size(); ++i)
      results.push_back(all[i].requires_grad() ? found[next++] : Variable());
    results.push_back(Variable());  // of the range
    return results;
  }

  template <typename Data>
  static Variable again(const range &some, const Variable &input, Data &data) {
    const at::AutoGradMode recording(true);
    const auto source = some.source();
    const rewound_generator there(source,
                                  source.defined() ? data["random"].toTensor() : at::Tensor());
    return some.run(input, {/*training=*/true, /*checkpoints=*/false, /*reruns=*/true});
  }
};

}  // namespace

at::Tensor ct::run_checkpointed(const stages &list, size_t first, size_t last,
                                const at::Tensor &input) {
  const range some{&list, first, last};
  const auto trainable = some.trainable();
  // A vector would not count as tensors here.
  return checkpoint_function::apply(input, at::TensorList(trainable), some);
}

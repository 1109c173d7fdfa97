#include "forgetting.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

/// Some layers of a list.
struct range {
  const ct::layers *list;
  size_t first, last;

  at::Tensor run(const at::Tensor &input, const ct::pass &how) const {
    return ct::run(*list, first, last, input, how);
  }

  variable_list learned() const {
    variable_list found;
    for (size_t i = first; i < last; ++i) (*list)[i]->append_learned(found);
    return found;
  }

  /// What is drawn from; undefined if nothing is.
  at::Generator source() const {
    for (size_t i = first; i < last; ++i)
      if (const auto *found = (*list)[i]->drawn_from()) return *found;
    return {};
  }
};

/// Takes a source of random numbers back to an earlier state for as long as this lives.
struct rewound {
  at::Generator source;
  at::Tensor now;

  rewound(at::Generator source, const at::Tensor &then) : source(source) {
    if (!source.defined()) return;
    now = source.get_state();
    source.set_state(then);
  }
  ~rewound() {
    if (source.defined()) source.set_state(now);
  }
};

struct forgetting_function : torch::autograd::Function<forgetting_function> {
  static Variable forward(AutogradContext *context, const Variable &input,
                          at::TensorList /*learned*/, const range &layers) {
    context->save_for_backward({input});
    auto &data = context->saved_data;
    data["list"] = reinterpret_cast<int64_t>(layers.list);
    data["first"] = static_cast<int64_t>(layers.first);
    data["last"] = static_cast<int64_t>(layers.last);
    if (const auto source = layers.source(); source.defined()) data["random"] = source.get_state();
    return layers.run(input, {/*training=*/true});
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto &data = context->saved_data;
    const auto number = [&](const char *name) { return data[name].toInt(); };
    const range layers{reinterpret_cast<const ct::layers *>(number("list")),
                       static_cast<size_t>(number("first")), static_cast<size_t>(number("last"))};
    const auto original = context->get_saved_variables()[0];
    const auto input = original.detach().requires_grad_(original.requires_grad());
    auto all = layers.learned();
    all.insert(all.begin(), input);
    variable_list wanted;
    for (const auto &one : all)
      if (one.requires_grad()) wanted.push_back(one);
    const auto found = torch::autograd::grad({again(layers, input, data)}, wanted, {gradients[0]},
                                             /*retain_graph=*/false, /*create_graph=*/false,
                                             /*allow_unused=*/true);
    variable_list results;
    for (size_t i = 0, next = 0; i < all.size(); ++i)
      results.push_back(all[i].requires_grad() ? found[next++] : Variable());
    results.push_back(Variable());  // of the range
    return results;
  }

  template <typename Data>
  static Variable again(const range &layers, const Variable &input, Data &data) {
    const at::AutoGradMode recording(true);
    const auto source = layers.source();
    const rewound there(source, source.defined() ? data["random"].toTensor() : at::Tensor());
    return layers.run(input, {/*training=*/true, /*forgets=*/false, /*repeats=*/true});
  }
};

}  // namespace

at::Tensor ct::run_forgetting(const layers &list, size_t first, size_t last,
                              const at::Tensor &input) {
  const range some{&list, first, last};
  const auto learned = some.learned();
  // A vector would not count as tensors here.
  return forgetting_function::apply(input, at::TensorList(learned), some);
}

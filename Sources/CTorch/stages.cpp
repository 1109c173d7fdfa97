#include "stages.h"

#include "checkpoint.h"

namespace ct {

at::Tensor run(const stages &list, at::Tensor input, const pass &how) {
  if (!how.checkpoints) return run(list, 0, list.size(), std::move(input), how);
  const auto is_group = [&](size_t i) { return dynamic_cast<group *>(list[i].get()) != nullptr; };
  for (size_t i = 0; i < list.size();) {
    const size_t first = i++;
    while (!is_group(first) && i < list.size() && !is_group(i)) ++i;
    // A group of the U-Net has others inside it, which would run again for each around them; and
    // one operation alone keeps no more than its input.
    const bool is_skip = dynamic_cast<skip *>(list[first].get()) != nullptr;
    if (is_skip || (i == first + 1 && !list[first]->is_compound()))
      input = run(list, first, i, std::move(input), how);
    else
      input = run_checkpointed(list, first, i, input);
  }
  return input;
}

at::Tensor run(const stages &list, size_t first, size_t last, at::Tensor input, const pass &how) {
  bool fresh = false;
  for (size_t i = first; i < last; ++i) {
    input = list[i]->forward(std::move(input), how, fresh);
    fresh = list[i]->output_is_fresh();
  }
  return input;
}

at::Tensor nearest_upsampling::forward(at::Tensor input, const pass &, bool) {
  return at::upsample_nearest2d(input, {2 * input.size(2), 2 * input.size(3)});
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

void group::append_trainable(std::vector<at::Tensor> &list) const {
  for (const auto &one : inner) one->append_trainable(list);
}

const at::Generator *group::generator() const {
  for (const auto &one : inner)
    if (const auto *source = one->generator()) return source;
  return nullptr;
}

at::Tensor residual::forward(at::Tensor input, const pass &how, bool) {
  return input + run(inner, input, how);
}

at::Tensor skip::forward(at::Tensor input, const pass &how, bool) {
  return at::cat({input, run(inner, input, how)}, 1);
}

}  // namespace ct

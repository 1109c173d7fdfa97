#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "handles.h"

namespace {

/// Elements that one task adds up. It does not depend on the threads, so that the sums do not.
constexpr int64_t elements_per_task = 1 << 16;

struct task {
  const float *values;
  int64_t count;
};

/// NaN and infinity survive; the square of any finite float is finite here.
double sum_of_squares(const task &part) {
  // Eight sums, since one would wait for its own last addition.
  double sums[8] = {};
  int64_t i = 0;
  for (; i + 8 <= part.count; i += 8)
    for (int lane = 0; lane < 8; ++lane) {
      const double value = part.values[i + lane];
      sums[lane] += value * value;
    }
  for (; i < part.count; ++i) sums[0] += static_cast<double>(part.values[i]) * part.values[i];
  double sum = 0;
  for (const double lane : sums) sum += lane;
  return sum;
}

/// The Euclidean length of all elements of host tensors together.
at::Tensor length_on_host(const std::vector<at::Tensor> &tensors) {
  std::vector<task> tasks;
  for (const auto &tensor : tensors)
    for (int64_t first = 0; first < tensor.numel(); first += elements_per_task)
      tasks.push_back(
          {tensor.data_ptr<float>() + first, std::min(elements_per_task, tensor.numel() - first)});
  std::vector<double> sums(tasks.size());
  at::parallel_for(0, tasks.size(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) sums[i] = sum_of_squares(tasks[i]);
  });
  double sum = 0;
  for (const double part : sums) sum += part;
  // Beyond what a float holds it is infinite, which LibTorch would refuse to make of a double.
  return at::scalar_tensor(static_cast<float>(std::sqrt(sum)), at::kFloat);
}

at::Tensor length(const std::vector<at::Tensor> &tensors, const c10::Device &device) {
  if (tensors.empty()) return at::zeros({}, at::TensorOptions().device(device).dtype(at::kFloat));
  if (device.is_cpu()) return length_on_host(tensors);
  return at::stack(at::_foreach_norm(tensors)).norm();
}

/// The elements as one dense block, in whatever order they lie.
at::Tensor dense(const at::Tensor &tensor) {
  return tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
}

}  // namespace

ct_status ct_step_norms(const ct_tensor *const *losses, int32_t loss_count,
                        ct_network *const *networks, int32_t network_count, ct_tensor **output,
                        ct_error *error) {
  return ct::produce(output, error, [&] {
    const at::NoGradGuard no_graph;
    std::vector<at::Tensor> numbers;
    for (int32_t i = 0; i < loss_count; ++i) numbers.push_back(losses[i]->value.detach());
    for (int32_t i = 0; i < network_count; ++i) {
      std::vector<at::Tensor> gradients;
      for (const auto &tensor : networks[i]->tensors)
        if (tensor.trainable && tensor.value.grad().defined())
          gradients.push_back(dense(tensor.value.grad()));
      numbers.push_back(length(gradients, networks[i]->device));
    }
    return at::stack(numbers);
  });
}

ct_status ct_networks_norms(ct_network *const *networks, int32_t count, ct_tensor **output,
                            ct_error *error) {
  return ct::produce(output, error, [&] {
    const at::NoGradGuard no_graph;
    std::vector<at::Tensor> lengths;
    for (int32_t i = 0; i < count; ++i) {
      std::vector<at::Tensor> parameters;
      for (const auto &tensor : networks[i]->tensors)
        if (tensor.trainable) parameters.push_back(dense(tensor.value));
      lengths.push_back(length(parameters, networks[i]->device));
    }
    return at::stack(lengths);
  });
}

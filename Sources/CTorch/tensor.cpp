#include "handles.h"

using ct::guarded;
using ct::produce;

static at::ScalarType scalar_type(ct_type type) {
  switch (type) {
    case CT_FLOAT32:
      return at::kFloat;
    case CT_INT64:
      return at::kLong;
    case CT_UINT8:
      return at::kByte;
  }
  TORCH_CHECK(false, "unknown element type ", static_cast<int>(type));
}

static std::vector<at::Tensor> values(const ct_tensor *const *inputs, int32_t count) {
  std::vector<at::Tensor> list;
  list.reserve(count);
  for (int32_t i = 0; i < count; ++i) list.push_back(inputs[i]->value);
  return list;
}

/// Wraps the caller's memory for the length of one call; nobody writes through it.
static at::Tensor borrowed(const void *values, at::IntArrayRef shape, at::ScalarType type) {
  return at::from_blob(const_cast<void *>(values), shape, at::TensorOptions().dtype(type));
}

static void check_bytes(const at::Tensor &tensor, size_t bytes) {
  TORCH_CHECK(tensor.nbytes() == bytes, "a tensor of ", tensor.nbytes(), " bytes meets ", bytes,
              " bytes");
}

ct_status ct_tensor_init(const void *values, ct_type type, const int64_t *shape, int32_t rank,
                         const char *device, ct_tensor **output, ct_error *error) {
  return produce(output, error, [&] {
    const at::IntArrayRef extents(shape, rank);
    return borrowed(values, extents, scalar_type(type))
        .to(c10::Device(device), scalar_type(type), /*non_blocking=*/false, /*copy=*/true);
  });
}

void ct_tensor_free(ct_tensor *tensor) { delete tensor; }

int32_t ct_tensor_rank(const ct_tensor *tensor) { return tensor->value.dim(); }

int64_t ct_tensor_extent(const ct_tensor *tensor, int32_t axis) {
  return axis >= 0 && axis < tensor->value.dim() ? tensor->value.size(axis) : 0;
}

ct_status ct_tensor_read(const ct_tensor *tensor, void *values, size_t bytes, ct_error *error) {
  return guarded(error, [&] {
    check_bytes(tensor->value, bytes);
    const at::NoGradGuard no_graph;
    borrowed(values, tensor->value.sizes(), tensor->value.scalar_type()).copy_(tensor->value);
  });
}

ct_status ct_tensor_write(ct_tensor *tensor, const void *values, size_t bytes, ct_error *error) {
  return guarded(error, [&] {
    check_bytes(tensor->value, bytes);
    const at::NoGradGuard no_graph;
    tensor->value.copy_(borrowed(values, tensor->value.sizes(), tensor->value.scalar_type()));
  });
}

ct_status ct_tensor_add(const ct_tensor *a, const ct_tensor *b, ct_tensor **output,
                        ct_error *error) {
  return produce(output, error, [&] { return a->value + b->value; });
}

ct_status ct_tensor_subtract(const ct_tensor *a, const ct_tensor *b, ct_tensor **output,
                             ct_error *error) {
  return produce(output, error, [&] { return a->value - b->value; });
}

ct_status ct_tensor_multiply(const ct_tensor *a, const ct_tensor *b, ct_tensor **output,
                             ct_error *error) {
  return produce(output, error, [&] { return a->value * b->value; });
}

ct_status ct_tensor_scale(const ct_tensor *input, double factor, double summand, ct_tensor **output,
                          ct_error *error) {
  return produce(output, error, [&] {
    const auto scaled = factor == 1 ? input->value : input->value * factor;
    return summand == 0 ? scaled : scaled + summand;
  });
}

ct_status ct_tensor_absolute(const ct_tensor *input, ct_tensor **output, ct_error *error) {
  return produce(output, error, [&] { return input->value.abs(); });
}

ct_status ct_tensor_square(const ct_tensor *input, ct_tensor **output, ct_error *error) {
  return produce(output, error, [&] { return input->value.square(); });
}

ct_status ct_tensor_mean(const ct_tensor *input, ct_tensor **output, ct_error *error) {
  return produce(output, error, [&] { return input->value.mean(); });
}

ct_status ct_tensor_norms(const ct_tensor *input, ct_tensor **output, ct_error *error) {
  return produce(output, error, [&] { return input->value.flatten(1).norm(2, 1); });
}

ct_status ct_tensor_cross_entropy(const ct_tensor *logits, double label, ct_tensor **output,
                                  ct_error *error) {
  return produce(output, error, [&] {
    const auto labels = at::full_like(logits->value, label);
    return at::binary_cross_entropy_with_logits(logits->value, labels);
  });
}

ct_status ct_tensor_detach(const ct_tensor *input, ct_tensor **output, ct_error *error) {
  return produce(output, error, [&] { return input->value.detach(); });
}

ct_status ct_tensor_copy(const ct_tensor *input, ct_tensor **output, ct_error *error) {
  return produce(output, error, [&] { return input->value.detach().clone(); });
}

ct_status ct_tensor_orthogonal(const ct_tensor *input, ct_tensor **output, ct_error *error) {
  return produce(output, error, [&] {
    const bool wide = input->value.size(0) < input->value.size(1);
    const auto [q, r] = at::linalg_qr(wide ? input->value.t() : input->value, "reduced");
    // A positive diagonal makes the factors unique, and so the draw uniform.
    const auto unique = q * r.diagonal().sign();
    return (wide ? unique.t() : unique).contiguous();
  });
}

ct_status ct_tensor_slice(const ct_tensor *input, int64_t start, int64_t count, ct_tensor **output,
                          ct_error *error) {
  return produce(output, error, [&] { return input->value.narrow(0, start, count); });
}

ct_status ct_tensor_concatenate(const ct_tensor *const *inputs, int32_t count, ct_tensor **output,
                                ct_error *error) {
  return produce(output, error, [&] { return at::cat(values(inputs, count), 0); });
}

ct_status ct_tensor_backward(const ct_tensor *loss, ct_error *error) {
  return guarded(error, [&] { loss->value.backward(); });
}

ct_status ct_tensor_require_grad(const ct_tensor *input, ct_tensor **output, ct_error *error) {
  return produce(output, error, [&] { return input->value.detach().clone().requires_grad_(); });
}

ct_status ct_tensor_gradient(const ct_tensor *output_of, const ct_tensor *input, ct_tensor **output,
                             ct_error *error) {
  return produce(output, error, [&] {
    return torch::autograd::grad({output_of->value}, {input->value},
                                 {at::ones_like(output_of->value)}, /*retain_graph=*/true,
                                 /*create_graph=*/true)[0];
  });
}

#include <ATen/Parallel.h>
#include <malloc.h>
#include <torch/version.h>

#include "handles.h"

ct_status ct_set_threads(int32_t count, ct_error *error) {
  return ct::guarded(error, [&] {
    // What is left to LibTorch is a few percent of a step; its OpenMP threads would keep a
    // processor busy at every barrier.
    at::set_num_threads(1);
    ck_threads_set(count);
  });
}

void ct_keep_memory(void) {
  // A step frees and asks again for the same hundreds of megabytes; going through the kernel for
  // them costs a page fault and a cleared page every 4 KiB. A higher M_MMAP_THRESHOLD would not do:
  // glibc refuses one above 32 MiB.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 64 << 20);
}

const char *ct_version(void) { return TORCH_VERSION; }

ct_status ct_device_check(const char *device, ct_error *error) {
  const ct_status status = ct::guarded(error, [&] {
    const auto options = at::TensorOptions().device(c10::Device(device)).dtype(at::kFloat);
    at::zeros({1}, options).cpu();
  });
  return status == CT_FAILED ? CT_UNAVAILABLE : status;
}

ct_status ct_random_init(const char *device, uint64_t seed, ct_random **output, ct_error *error) {
  *output = nullptr;
  return ct::guarded(error, [&] {
    const c10::Device where(device);
    auto source = at::globalContext().defaultGenerator(where).clone();
    source.set_current_seed(seed);
    *output = new ct_random{source};
  });
}

void ct_random_free(ct_random *random) { delete random; }

ct_status ct_random_set_seed(ct_random *random, uint64_t seed, ct_error *error) {
  return ct::guarded(error, [&] { random->source.set_current_seed(seed); });
}

ct_status ct_random_state(const ct_random *random, ct_tensor **output, ct_error *error) {
  return ct::produce(output, error, [&] { return random->source.get_state(); });
}

ct_status ct_random_set_state(ct_random *random, const ct_tensor *state, ct_error *error) {
  return ct::guarded(error, [&] { random->source.set_state(state->value); });
}

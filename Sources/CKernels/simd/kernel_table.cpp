#include "simd/kernel_table.h"

#include <cstdlib>
#include <cstring>

namespace {

struct choice {
  const char *name;
  const ck::kernel_table &table;
};

/// The fastest there are, or those of the wished name where the processor has them.
choice choose(const char *wish) {
#if defined(__x86_64__)
  const auto wanted = [wish](const char *name) { return !wish || std::strcmp(wish, name) == 0; };
  __builtin_cpu_init();
  if (wanted("avx512") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return {"avx512", ck::kernels_avx512()};
  if (wanted("avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {"avx2", ck::kernels_avx2()};
#endif
  return {"portable", ck::kernels_portable()};
}

thread_local const choice *chosen_here = nullptr;

const choice &chosen() {
  static const choice once = choose(std::getenv("CK_INSTRUCTIONS"));
  return chosen_here ? *chosen_here : once;
}

}  // namespace

const ck::kernel_table &ck::kernels() { return chosen().table; }

const char *ck_instructions_name(void) { return chosen().name; }

int ck_instructions_select(const char *name) {
  if (!name) {
    chosen_here = nullptr;
    return 1;
  }
  static const choice all[] = {choose("avx512"), choose("avx2"), choose("portable")};
  for (const choice &one : all)
    if (std::strcmp(one.name, name) == 0) {
      chosen_here = &one;
      return 1;
    }
  return 0;
}

// A vector never reads past its channels' padding, whatever its width.
size_t ck_channels_padded(int channels) { return static_cast<size_t>(channels + 15) / 16 * 16; }

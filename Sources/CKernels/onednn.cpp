#include "onednn.h"

#include <algorithm>
#include <cstdio>

#include "CKernels.h"

extern "C" void omp_set_num_threads(int count);

void ck::use_one_thread() {
  // OpenMP keeps this number for each thread by itself, and oneDNN asks OpenMP.
  static thread_local bool is_set = false;
  if (!is_set) omp_set_num_threads(1);
  is_set = true;
}

const dnnl::engine &ck::engine() {
  static const dnnl::engine once(dnnl::engine::kind::cpu, 0);
  return once;
}

ck::strip ck::strip_of(int kernel, int stride, int padding, int height, int y_first, int y_rows) {
  const int start = y_first * stride - padding;
  const int end = std::min((y_first + y_rows - 1) * stride - padding + kernel, height);
  const int first = std::max(start, 0);
  return {y_first, y_rows, first, end - first, first - start};
}

dnnl::primitive_attr ck::with_own_scratchpad() {
  dnnl::primitive_attr made;
  made.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return made;
}

const char *ck_onednn_version(void) {
  static const struct text {
    char characters[32];
    text() {
      const dnnl_version_t *version = dnnl_version();
      std::snprintf(characters, sizeof characters, "%d.%d.%d", version->major, version->minor,
                    version->patch);
    }
  } once;
  return once.characters;
}

int ck_bf16_available(void) {
  const auto wanted = static_cast<int>(dnnl::cpu_isa::avx512_core_bf16);
  return (static_cast<int>(dnnl::get_effective_cpu_isa()) & wanted) == wanted;
}

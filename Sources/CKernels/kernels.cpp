#include <dnnl.h>
#include <sys/mman.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "floats.h"
#include "parallel.h"
#include "simd/kernel_table.h"

namespace {

struct choice {
  const char *name;
  const kernel_table &table;
};

/// The fastest there are, or those of the wished name where the processor has them.
choice choose(const char *wish) {
#if defined(__x86_64__)
  const auto wanted = [wish](const char *name) { return !wish || std::strcmp(wish, name) == 0; };
  __builtin_cpu_init();
  if (wanted("avx512") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return {"avx512", kernels_avx512()};
  if (wanted("avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {"avx2", kernels_avx2()};
#endif
  return {"portable", kernels_portable()};
}

thread_local const choice *chosen_here = nullptr;

const choice &chosen() {
  static const choice once = choose(std::getenv("CK_INSTRUCTIONS"));
  return chosen_here ? *chosen_here : once;
}

std::atomic<int> wanted_threads{0};
thread_local int most_threads = 0;

}  // namespace

const kernel_table &kernels() { return chosen().table; }

const char *ck_instructions(void) { return chosen().name; }

int ck_use_instructions(const char *name) {
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

void ck_set_threads(int count) { wanted_threads = count; }

int ck_limit_threads(int most) {
  const int before = most_threads;
  most_threads = most;
  return before;
}

int ck_threads(void) {
  static const int from_the_start = omp_get_max_threads();
  int count = wanted_threads;
  if (count <= 0) count = from_the_start;
  if (most_threads > 0 && count > most_threads) count = most_threads;
  // OpenMP keeps this number for each thread of a program by itself, and oneDNN asks OpenMP.
  if (omp_get_max_threads() != count) omp_set_num_threads(count);
  return count;
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

float *ck_floats_alloc(size_t count) {
  constexpr size_t line = 64, page = size_t{2} << 20;
  if (count > SIZE_MAX / sizeof(float) - page) return nullptr;
  const size_t bytes = (count * sizeof(float) + line - 1) / line * line;
  if (bytes < 2 * page) return static_cast<float *>(std::aligned_alloc(line, bytes));
  // Huge pages where the system has them on request: the first touch of 4 KiB pages by the hundred
  // thousand would take as long as the transforms that fill them.
  const size_t pages = (bytes + page - 1) / page * page;
  void *floats = std::aligned_alloc(page, pages);
  if (floats) madvise(floats, pages, MADV_HUGEPAGE);
  return static_cast<float *>(floats);
}

void ck_floats_free(float *floats) { std::free(floats); }

float *scratch_floats(size_t count) {
  static thread_local floats kept;
  static thread_local size_t size = 0;
  if (size >= count) return kept.get();
  kept.reset();
  size = 0;
  kept = floats_of(count);
  size = count;
  return kept.get();
}

// A vector never reads past its channels' padding, whatever its width.
size_t ck_padded_channels(int channels) { return static_cast<size_t>(channels + 15) / 16 * 16; }

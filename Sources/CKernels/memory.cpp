#include "memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

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

float *ck::scratch_floats(size_t count) {
  static thread_local floats kept;
  static thread_local size_t size = 0;
  if (size >= count) return kept.get();
  kept.reset();
  size = 0;
  kept = floats_of(count);
  size = count;
  return kept.get();
}

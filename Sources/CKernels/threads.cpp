#include "threads.h"

static std::atomic<int> wanted_threads{0};
static thread_local int most_threads = 0;

void ck_threads_set(int count) { wanted_threads = count; }

int ck_threads_limit(int most) {
  const int before = most_threads;
  most_threads = most;
  return before;
}

int ck_threads_count(void) {
  static const int from_the_start = omp_get_max_threads();
  int count = wanted_threads;
  if (count <= 0) count = from_the_start;
  if (most_threads > 0 && count > most_threads) count = most_threads;
  // OpenMP keeps this number for each thread of a program by itself, and oneDNN asks OpenMP.
  if (omp_get_max_threads() != count) omp_set_num_threads(count);
  return count;
}

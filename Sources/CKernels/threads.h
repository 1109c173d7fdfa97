/// The threads that kernels run on.
#pragma once
#include <atomic>

#include "CKernels.h"

// GCC's OpenMP runtime, called as GCC's own code calls it. oneDNN runs on it too: one team of
// threads serves both, where clang's -fopenmp would bring a second runtime that fights for the same
// cores.
extern "C" {
void GOMP_parallel(void (*body)(void *), void *argument, unsigned threads, unsigned flags);
int omp_get_max_threads(void);
int omp_get_thread_num(void);
void omp_set_num_threads(int count);
}

namespace ck {

/// Runs `body(thread)` once on each of `threads` threads.
template <typename Body>
void on_threads(int threads, Body body) {
  if (threads <= 1) return body(0);
  GOMP_parallel([](void *argument) { (*static_cast<Body *>(argument))(omp_get_thread_num()); },
                &body, static_cast<unsigned>(threads), 0);
}

/// Runs `body(i)` for i in 0..<count, each thread taking the next that nobody has.
template <typename Body>
void in_parallel(int count, Body body) {
  const int most = ck_threads_count();
  std::atomic<int> next{0};
  on_threads(count < most ? count : most, [&](int) {
    for (int i = next++; i < count; i = next++) body(i);
  });
}

}  // namespace ck

/// The threads that kernels run on.
#pragma once
#include "CKernels.h"

namespace ck {

/// What a parallel region does with item `i`, on the thread of this index.
using region_body = void (*)(void *argument, int i, int thread);

/// Runs a region: `body(argument, i, thread)` once for each i in 0..<count, on at most `threads`
/// threads, the calling one among them as thread 0. Throws what a body throws, once all have ended.
void run_region(int count, int threads, region_body body, void *argument);

/// The threads that `in_parallel` takes for as many items, at least 1.
inline int threads_for(int count) {
  const int most = ck_threads_count();
  return count < 1 ? 1 : count < most ? count : most;
}

/// Runs `body(i, thread)` for i in 0..<count, each thread taking the next item that nobody has.
///
/// `thread` is in 0..<threads_for(count), and one thread's at a time: an index of scratch memory.
template <typename Body>
void in_parallel_with_thread(int count, Body body) {
  run_region(
      count, threads_for(count),
      [](void *argument, int i, int thread) { (*static_cast<Body *>(argument))(i, thread); },
      &body);
}

/// Runs `body(i)` for i in 0..<count, each thread taking the next item that nobody has.
template <typename Body>
void in_parallel(int count, Body body) {
  in_parallel_with_thread(count, [&](int i, int) { body(i); });
}

}  // namespace ck

#include "threads.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>

#include "processors.h"

namespace {

std::atomic<int> wanted_threads{0};
thread_local int most_threads = 0;

// Waking a sleeping thread takes 5 to 50 microseconds, and a training step of small images has
// hundreds of regions with a few microseconds between them. So a thread looks this long for what it
// waits for before it sleeps, and no longer: another program may need the processor.
constexpr long spin_nanoseconds = 20'000;

long now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000L + t.tv_nsec;
}

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Looks for a while whether a value changes from `seen`; returns whether it did.
bool spin(const std::atomic<uint32_t> &value, uint32_t seen) {
  const long end = now() + spin_nanoseconds;
  do {
    for (int i = 0; i < 32; i++) {
      if (value.load(std::memory_order_acquire) != seen) return true;
      pause();
    }
  } while (now() < end);
  return false;
}

void sleep(std::atomic<uint32_t> &value, uint32_t seen) {
  syscall(SYS_futex, &value, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
}

void wake(std::atomic<uint32_t> &value, int threads) {
  syscall(SYS_futex, &value, FUTEX_WAKE_PRIVATE, threads, nullptr, nullptr, 0);
}

/// The process's workers, and the one region that they run at a time.
///
/// A region is never handed out: workers join it while it is open, and the caller works on it
/// alone until they do. Once no item is left it closes, and only those that joined are waited for.
/// So a worker that the system does not run holds up nobody, and one that it stops in the middle
/// holds up the others for the one item that it has.
class pool {
 public:
  /// Never destroyed: workers may wait in it while the process ends.
  static pool &shared() {
    static pool &once = *new pool;
    return once;
  }

  /// Runs a region; false, and nothing is done, where another thread's region has the workers.
  bool run(int count, int threads, ck::region_body wanted, void *with) {
    if (taken.exchange(true, std::memory_order_acquire)) return false;
    start(threads - 1);
    body = wanted;
    argument = with;
    items = count;
    next.store(0, std::memory_order_relaxed);
    state.store(open | static_cast<uint32_t>(threads - 1) * free_one, std::memory_order_release);
    published.fetch_add(1);
    if (const int sleeping = sleepers.load(); sleeping > 0)
      wake(published, std::min(sleeping, threads - 1));
    work(0);
    wait_for_joined(state.fetch_and(~open, std::memory_order_acq_rel) & ~open);
    const std::exception_ptr thrown = failure;
    failure = nullptr;
    has_failed.store(false, std::memory_order_relaxed);
    taken.store(false, std::memory_order_release);
    if (thrown) std::rethrow_exception(thrown);
    return true;
  }

 private:
  // `state`: whether a region is open, how many workers may still join it, and how many are at
  // work.
  static constexpr uint32_t open = 1u << 31, free_one = 1u << 15, active_mask = free_one - 1;

  /// Starts workers until there are as many; does with less where the system refuses.
  void start(int wanted) {
    if (started >= wanted) return;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return;
    pthread_attr_setstacksize(&attributes, size_t{1} << 20);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // Signals are for the threads of the program.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    const auto worker = [](void *own) -> void * {
      static_cast<pool *>(own)->serve();
      return nullptr;
    };
    while (started < wanted && pthread_create(&thread, &attributes, worker, this) == 0) started++;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
  }

  [[noreturn]] void serve() {
    for (uint32_t seen = 0;;) {
      if (!spin(published, seen)) {
        sleepers.fetch_add(1);
        while (published.load() == seen) sleep(published, seen);
        sleepers.fetch_sub(1);
      }
      seen = published.load(std::memory_order_acquire);
      const int thread = join();
      if (thread == 0) continue;
      work(thread);
      const uint32_t before = state.fetch_sub(1, std::memory_order_acq_rel);
      if (!(before & open) && (before & active_mask) == 1) wake(state, 1);
    }
  }

  /// Joins the region that is open; returns the worker's index in it, or 0 where it is not needed.
  int join() {
    uint32_t before = state.load(std::memory_order_acquire);
    for (;;) {
      const uint32_t free = (before & ~open) / free_one;
      if (!(before & open) || free == 0) return 0;
      if (state.compare_exchange_weak(before, before - free_one + 1, std::memory_order_acq_rel))
        return static_cast<int>(free);
    }
  }

  void work(int thread) {
    const int count = items;
    for (int i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) {
      try {
        body(argument, i, thread);
      } catch (...) {
        if (!has_failed.exchange(true)) failure = std::current_exception();
        next.store(count, std::memory_order_relaxed);
      }
    }
  }

  void wait_for_joined(uint32_t seen) {
    while ((seen & active_mask) != 0) {
      if (!spin(state, seen)) sleep(state, seen);
      seen = state.load(std::memory_order_acquire);
    }
  }

  std::atomic<bool> taken{false};  // by a caller; everything up to the next blank line is its own
  int started = 0;
  ck::region_body body = nullptr;
  void *argument = nullptr;
  int items = 0;
  std::exception_ptr failure;
  std::atomic<bool> has_failed{false};

  alignas(64) std::atomic<int> next{0};
  alignas(64) std::atomic<uint32_t> state{0};
  alignas(64) std::atomic<uint32_t> published{0};
  std::atomic<int> sleepers{0};
};

}  // namespace

void ck::run_region(int count, int threads, region_body body, void *argument) {
  threads = std::min(threads, count);
  if (threads > 1 && pool::shared().run(count, threads, body, argument)) return;
  for (int i = 0; i < count; i++) body(argument, i, 0);
}

void ck_threads_set(int count) { wanted_threads = count; }

int ck_threads_limit(int most) {
  const int before = most_threads;
  most_threads = most;
  return before;
}

int ck_threads_count(void) {
  static const int from_the_start = ck::threads_by_default();
  const int wanted = wanted_threads.load(std::memory_order_relaxed);
  const int count = wanted > 0 ? wanted : from_the_start;
  return most_threads > 0 ? std::min(count, most_threads) : count;
}

#pragma once
#include <memory>
#include <vector>

#include "kernel_table.h"

/// Each thread's own statistics of the same channels, merged at the end.
class thread_statistics {
 public:
  thread_statistics(int threads, int channels);

  channel_statistics &of(int thread) { return each[thread]; }

  /// Writes the mean and 1 / sqrt(biased variance + epsilon) of everything seen.
  void finish(float epsilon, float *mean, float *scale) const;

 private:
  int channels;
  std::vector<float> floats;
  std::vector<channel_statistics> each;
};

#pragma once
#include <memory>
#include <vector>

#include "simd/kernel_table.h"

/// The parts into which passes over a picture are cut, whatever the number of threads.
inline int parts_of(size_t pixels) {
  constexpr size_t least = 64, most = 16;
  return static_cast<int>(pixels / least < 1 ? 1 : pixels / least < most ? pixels / least : most);
}

/// Statistics of the same channels over parts of a picture, merged at the end in their order.
///
/// A part is one thread's, and where it begins and ends depends on the picture only: so any number
/// of threads gives the same bits.
class part_statistics {
 public:
  part_statistics(int parts, int channels);

  channel_statistics &of(int part) { return each[part]; }

  /// Writes the mean and 1 / sqrt(biased variance + epsilon) of everything seen.
  void finish(float epsilon, float *mean, float *scale) const;

 private:
  int channels;
  std::vector<float> floats;
  std::vector<channel_statistics> each;
};

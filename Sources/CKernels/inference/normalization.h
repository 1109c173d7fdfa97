/// Statistics of channels.
#pragma once
#include <memory>
#include <vector>

#include "simd/kernel_table.h"

namespace ck {

/// Values per channel of each image of a batch, `step` floats apart.
struct image_channels {
  float *mean, *scale;
  size_t step;

  channel_map of(int image) const { return {mean + image * step, scale + image * step}; }
};

/// The parts into which passes over a image are cut, whatever the number of threads.
inline int partitions_of(size_t pixels) {
  constexpr size_t least = 64, most = 16;
  return static_cast<int>(pixels / least < 1 ? 1 : pixels / least < most ? pixels / least : most);
}

/// The mean and 1 / sqrt(biased variance + epsilon) of each channel of x [pixels, C].
void compute_statistics(const float *x, size_t pixels, int channels, float epsilon, float *mean,
                        float *scale);

/// Statistics of the same channels over parts of a image, merged at the end in their order.
///
/// A part is one thread's, and where it begins and ends depends on the image only: so any number
/// of threads gives the same bits.
class partial_statistics {
 public:
  partial_statistics(int parts, int channels);

  channel_statistics &of(int part) { return each[part]; }

  /// Writes the mean and 1 / sqrt(biased variance + epsilon) of everything seen.
  void finish(float epsilon, float *mean, float *scale) const;

 private:
  int channels;
  std::vector<float> floats;
  std::vector<channel_statistics> each;
};

}  // namespace ck

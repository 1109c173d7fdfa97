#include "inference/normalization.h"

#include <algorithm>
#include <cmath>

#include "guard.h"
#include "reflection.h"
#include "threads.h"

using ck::kernel_table;
using ck::partial_statistics;

partial_statistics::partial_statistics(int parts, int channels)
    : channels(channels), floats(2 * parts * ck_channels_padded(channels)), each(parts) {
  const size_t padded = ck_channels_padded(channels);
  for (int i = 0; i < parts; i++)
    each[i] = {&floats[2 * i * padded], &floats[(2 * i + 1) * padded], 0};
}

void partial_statistics::finish(float epsilon, float *mean, float *scale) const {
  for (int c = 0; c < channels; c++) {
    double seen = 0, middle = 0, deviation = 0;
    for (const auto &one : each) {
      if (one.seen == 0) continue;
      const double shift = one.mean[c] - middle, total = seen + one.seen;
      middle += shift * one.seen / total;
      deviation += one.deviation[c] + shift * shift * seen * one.seen / total;
      seen = total;
    }
    mean[c] = static_cast<float>(middle);
    scale[c] = static_cast<float>(1 / std::sqrt(deviation / seen + epsilon));
  }
  const size_t padded = ck_channels_padded(channels);
  std::fill(mean + channels, mean + padded, 0.f);
  std::fill(scale + channels, scale + padded, 0.f);
}

void ck::compute_statistics(const float *x, size_t pixels, int channels, float epsilon, float *mean,
                            float *scale) {
  const kernel_table &k = kernels();
  const int parts = partitions_of(pixels);
  partial_statistics statistics(parts, channels);
  in_parallel(parts, [&](int part) {
    const size_t first = pixels * part / parts, end = pixels * (part + 1) / parts;
    k.gather_statistics(x + first * channels, end - first, channels, &statistics.of(part));
  });
  statistics.finish(epsilon, mean, scale);
}

ck_status ck_statistics_compute(const float *x, size_t pixels, int channels, float epsilon,
                                float *mean, float *scale, ck_error *error) {
  return ck::guarded(error,
                     [&] { ck::compute_statistics(x, pixels, channels, epsilon, mean, scale); });
}

void ck_map_apply(ck_map map, const float *x, int height, int width, int channels, float *y,
                  int padding, int y_channels, int y_first) {
  const kernel_table &k = ck::kernels();
  const size_t line = static_cast<size_t>(width) * channels;
  const size_t y_line = static_cast<size_t>(width + 2 * padding) * y_channels;
  const int rows = std::max(1, 4096 / std::max(1, width));
  ck::in_parallel((height + rows - 1) / rows, [&](int part) {
    for (int row = part * rows; row < std::min(height, (part + 1) * rows); row++) {
      float *to = y + (row + padding) * y_line;
      k.map_pixels(map, x + row * line, map.addend ? map.addend + row * line : nullptr, width,
                   channels, to + padding * y_channels + y_first, y_channels);
      ck::reflect(to, width, padding, y_channels);
    }
  });
  ck::reflect(y, height, padding, y_line);
}

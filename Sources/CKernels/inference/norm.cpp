#include <algorithm>
#include <cmath>
#include <cstring>

#include "guard.h"
#include "inference/statistics.h"
#include "parallel.h"

part_statistics::part_statistics(int parts, int channels)
    : channels(channels), floats(2 * parts * ck_padded_channels(channels)), each(parts) {
  const size_t padded = ck_padded_channels(channels);
  for (int i = 0; i < parts; i++)
    each[i] = {&floats[2 * i * padded], &floats[(2 * i + 1) * padded], 0};
}

void part_statistics::finish(float epsilon, float *mean, float *scale) const {
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
  const size_t padded = ck_padded_channels(channels);
  std::fill(mean + channels, mean + padded, 0.f);
  std::fill(scale + channels, scale + padded, 0.f);
}

ck_status ck_norm_statistics(const float *x, size_t pixels, int channels, float epsilon,
                             float *mean, float *scale, ck_error *error) {
  return guarded(error, [&] {
    const kernel_table &k = kernels();
    const int parts = parts_of(pixels);
    part_statistics statistics(parts, channels);
    in_parallel(parts, [&](int part) {
      const size_t first = pixels * part / parts, end = pixels * (part + 1) / parts;
      k.gather_statistics(x + first * channels, end - first, channels, &statistics.of(part));
    });
    statistics.finish(epsilon, mean, scale);
  });
}

namespace {

/// Mirrors the first and last `border` px of a row that is complete between them.
void mirror_columns(float *row, int width, int border, size_t pixel) {
  const size_t bytes = pixel * sizeof(float);
  for (int i = 1; i <= border; i++) {
    std::memcpy(row + (border - i) * pixel, row + (border + i) * pixel, bytes);
    std::memcpy(row + (border + width - 1 + i) * pixel, row + (border + width - 1 - i) * pixel,
                bytes);
  }
}

}  // namespace

void ck_map_apply(ck_map map, const float *x, int height, int width, int channels, float *y,
                  int border, int y_channels, int y_first) {
  const kernel_table &k = kernels();
  const size_t line = static_cast<size_t>(width) * channels;
  const size_t y_line = static_cast<size_t>(width + 2 * border) * y_channels;
  const int rows = std::max(1, 4096 / std::max(1, width));
  in_parallel((height + rows - 1) / rows, [&](int part) {
    for (int row = part * rows; row < std::min(height, (part + 1) * rows); row++) {
      float *to = y + (row + border) * y_line;
      k.map_pixels(map, x + row * line, map.addend ? map.addend + row * line : nullptr, width,
                   channels, to + border * y_channels + y_first, y_channels);
      if (border > 0) mirror_columns(to, width, border, y_channels);
    }
  });
  for (int i = 1; i <= border; i++) {
    std::memcpy(y + (border - i) * y_line, y + (border + i) * y_line, y_line * sizeof(float));
    std::memcpy(y + (border + height - 1 + i) * y_line, y + (border + height - 1 - i) * y_line,
                y_line * sizeof(float));
  }
}

#include "training/instance_norm.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "guard.h"
#include "inference/normalization.h"
#include "threads.h"

using namespace ck;

namespace {

/// Adds `count` floats to others.
void add(const float *values, size_t count, float *to) {
  for (size_t i = 0; i < count; i++) to[i] += values[i];
}

/// One image of a batch.
struct image {
  image(const ck_instance_norm_shape &s, const float *statistics, int n)
      : pixels(static_cast<size_t>(s.height) * s.width),
        x(n * pixels * s.channels),
        y(static_cast<size_t>(n) * (s.height + 2 * s.padding) * (s.width + 2 * s.padding) *
          s.channels),
        norm{statistics + 2 * n * ck_channels_padded(s.channels),
             statistics + (2 * n + 1) * ck_channels_padded(s.channels)} {}

  const size_t pixels, x, y;
  const channel_map norm;
};

/// Adds a row [W + 2 padding, C] to a row [W, C], its padding to the pixels it reflects.
void fold_row(const ck_instance_norm_shape &s, const float *row, float *to) {
  const size_t pixel = s.channels;
  add(row + s.padding * pixel, s.width * pixel, to);
  for (int i = 1; i <= s.padding; i++) {
    add(row + (s.padding - i) * pixel, pixel, to + i * pixel);
    add(row + (s.padding + s.width - 1 + i) * pixel, pixel, to + (s.width - 1 - i) * pixel);
  }
}

/// The adjoint of reflection padding: what lies in it joins the pixels it reflects.
void fold(const ck_instance_norm_shape &s, const float *dy, float *dx) {
  const size_t line = static_cast<size_t>(s.width) * s.channels;
  const size_t padded_line = static_cast<size_t>(s.width + 2 * s.padding) * s.channels;
  in_parallel(s.height, [&](int row) {
    float *to = dx + row * line;
    const int end = s.height - 1;
    std::memset(to, 0, line * sizeof(float));
    fold_row(s, dy + (s.padding + row) * padded_line, to);
    if (row >= 1 && row <= s.padding) fold_row(s, dy + (s.padding - row) * padded_line, to);
    if (row < end && row >= end - s.padding)
      fold_row(s, dy + (s.padding + 2 * end - row) * padded_line, to);
  });
}

}  // namespace

void ck::norm_backward(const norm_gradient &gradient, size_t pixels) {
  const kernel_table &table = kernels();
  const size_t padded = ck_channels_padded(gradient.channels);
  const int parts = partitions_of(pixels);
  std::vector<float> sums(2 * padded * parts);
  const auto first = [&](int part) { return pixels * part / parts; };
  in_parallel(parts, [&](int part) {
    float *own = sums.data() + 2 * padded * part;
    table.norm_gradient_sums(gradient, first(part), first(part + 1) - first(part), own,
                             own + padded);
  });
  for (size_t c = 0; c < 2 * padded; c++) {
    double sum = 0;
    for (int part = 0; part < parts; part++) sum += sums[2 * padded * part + c];
    sums[c] = static_cast<float>(sum / pixels);
  }
  in_parallel(parts, [&](int part) {
    table.norm_gradient_map(gradient, sums.data(), sums.data() + padded, first(part),
                            first(part + 1) - first(part));
  });
}

size_t ck_instance_norm_statistics(const ck_instance_norm_shape *shape) {
  return 2 * ck_channels_padded(shape->channels) * shape->batch;
}

ck_status ck_instance_norm_forward(const ck_instance_norm_shape *shape, const float *x,
                                   float *statistics, float *y, ck_error *error) {
  const ck_instance_norm_shape &s = *shape;
  for (int n = 0; n < s.batch; n++) {
    const image p(s, statistics, n);
    const ck_map map{p.norm.mean, p.norm.scale, nullptr, s.slope, nullptr};
    const ck_status status = ck_statistics_compute(x + p.x, p.pixels, s.channels, s.epsilon,
                                                   const_cast<float *>(p.norm.mean),
                                                   const_cast<float *>(p.norm.scale), error);
    if (status != CK_OK) return status;
    ck_map_apply(map, x + p.x, s.height, s.width, s.channels, y + p.y, s.padding, s.channels, 0);
  }
  return CK_OK;
}

ck_status ck_instance_norm_backward(const ck_instance_norm_shape *shape, const float *x,
                                    const float *statistics, const float *dy, float *dx,
                                    ck_error *error) {
  return guarded(error, [&] {
    const ck_instance_norm_shape &s = *shape;
    for (int n = 0; n < s.batch; n++) {
      const image p(s, statistics, n);
      if (s.padding > 0) fold(s, dy + p.y, dx + p.x);
      norm_backward(
          {s.padding > 0 ? dx + p.x : dy + p.y, x + p.x, p.norm, s.slope, s.channels, dx + p.x},
          p.pixels);
    }
  });
}

#include <algorithm>
#include <vector>

#include "guard.h"
#include "normalization.h"
#include "parallel.h"
#include "winograd.h"

namespace {

/// [K, C, 3, 3] with its outermost pair swapped.
std::vector<float> swapped(int channels, const float *weight) {
  std::vector<float> swapped(static_cast<size_t>(channels) * channels * 9);
  for (int k = 0; k < channels; k++)
    for (int c = 0; c < channels; c++)
      for (int tap = 0; tap < 9; tap++)
        swapped[(static_cast<size_t>(c) * channels + k) * 9 + tap] =
            weight[(static_cast<size_t>(k) * channels + c) * 9 + tap];
  return swapped;
}

/// Where one picture of a batch has its parts.
struct picture {
  picture(const ck_block_shape &s, const float *statistics, int n)
      : pixels(static_cast<size_t>(s.height) * s.width),
        at(n * pixels * s.channels),
        first{statistics + 4 * n * padded(s), statistics + (4 * n + 1) * padded(s)},
        second{statistics + (4 * n + 2) * padded(s), statistics + (4 * n + 3) * padded(s)} {}

  static size_t padded(const ck_block_shape &s) { return ck_padded_channels(s.channels); }

  const size_t pixels, at;
  const channel_map first, second;
};

}  // namespace

size_t ck_block_statistics(const ck_block_shape *shape) {
  return 4 * picture::padded(*shape) * shape->batch;
}

ck_status ck_block_forward(const ck_block_shape *shape, const float *x, const float *weight1,
                           const float *weight2, float *y1, float *y2, float *statistics, float *y,
                           ck_error *error) {
  return guarded(error, [&] {
    const ck_block_shape &s = *shape;
    const ck_winograd first(s.channels, s.channels, weight1);
    const ck_winograd second(s.channels, s.channels, weight2);
    const winograd_geometry geometry(s.height, s.width, 1, true);
    for (int n = 0; n < s.batch; n++) {
      const picture p(s, statistics, n);
      const auto writable = [](const float *values) { return const_cast<float *>(values); };
      first.run(geometry, x + p.at, nullptr, nullptr, y1 + p.at, writable(p.first.mean),
                writable(p.first.scale), s.epsilon);
      second.run(geometry, y1 + p.at, &p.first, nullptr, y2 + p.at, writable(p.second.mean),
                 writable(p.second.scale), s.epsilon);
      const ck_map map{p.second.mean, p.second.scale, nullptr, 1, x + p.at};
      ck_map_apply(map, y2 + p.at, s.height, s.width, s.channels, y + p.at, 0, s.channels, 0);
    }
  });
}

ck_status ck_block_backward(const ck_block_shape *shape, const float *x, const float *weight1,
                            const float *weight2, const float *y1, const float *y2,
                            const float *statistics, const float *dy, float *dx, float *dweight1,
                            float *dweight2, ck_error *error) {
  return guarded(error, [&] {
    const ck_block_shape &s = *shape;
    const ck_winograd first(s.channels, s.channels, swapped(s.channels, weight1).data());
    const ck_winograd second(s.channels, s.channels, swapped(s.channels, weight2).data());
    const winograd_geometry geometry(s.height, s.width, 1, true);
    const size_t weights = static_cast<size_t>(s.channels) * s.channels * 9;
    std::fill(dweight1, dweight1 + weights, 0.f);
    std::fill(dweight2, dweight2 + weights, 0.f);
    const floats before = floats_of(static_cast<size_t>(s.height) * s.width * s.channels);
    const floats middle = floats_of(static_cast<size_t>(s.height) * s.width * s.channels);
    for (int n = 0; n < s.batch; n++) {
      const picture p(s, statistics, n);
      back_through_norm({dy + p.at, y2 + p.at, p.second, 1, s.channels, before.get()}, p.pixels);
      winograd_backward(second, geometry, y1 + p.at, &p.first, before.get(), middle.get(),
                        dweight2);
      back_through_norm({middle.get(), y1 + p.at, p.first, 0, s.channels, middle.get()}, p.pixels);
      winograd_backward(first, geometry, x + p.at, nullptr, middle.get(), dx + p.at, dweight1);
      const ck_map sum{nullptr, nullptr, nullptr, 1, dy + p.at};
      ck_map_apply(sum, dx + p.at, s.height, s.width, s.channels, dx + p.at, 0, s.channels, 0);
    }
  });
}

#include "guard.h"
#include "memory.h"
#include "training/instance_norm.h"
#include "training/packed_weights.h"
#include "training/winograd.h"

using namespace ck;

namespace {

/// The sizes of a block, and its statistics.
struct block {
  block(const ck_residual_block_shape &s, const float *statistics)
      : s(s),
        geometry(s.height, s.width),
        pixels(static_cast<size_t>(s.height) * s.width),
        image_floats(pixels * s.channels),
        first(channels(s, statistics, 0)),
        second(channels(s, statistics, 2)) {}

  static image_channels channels(const ck_residual_block_shape &s, const float *statistics,
                                 int which) {
    const size_t padded = ck_channels_padded(s.channels);
    float *mean = const_cast<float *>(statistics) + which * padded;
    return {mean, mean + padded, 4 * padded};
  }

  std::shared_ptr<const ck_winograd> convolution(ck_weight_identity identity,
                                                 const float *weight) const {
    const convolution_weights weights{weight, static_cast<size_t>(s.channels) * 9, 9};
    return packed(identity, packing::winograd,
                  [&] { return std::make_unique<ck_winograd>(s.channels, s.channels, weights); });
  }

  /// With inputs and outputs swapped.
  std::shared_ptr<const ck_winograd> transposed(ck_weight_identity identity,
                                                const float *weight) const {
    const convolution_weights weights{weight, 9, static_cast<size_t>(s.channels) * 9};
    return packed(identity, packing::winograd_adjoint,
                  [&] { return std::make_unique<ck_winograd>(s.channels, s.channels, weights); });
  }

  /// y = map(x) of each image, plus an addend.
  void map(const image_channels *norm, const float *x, const float *addend, float *y) const {
    for (int n = 0; n < s.batch; n++) {
      const size_t at = n * image_floats;
      const channel_map own = norm ? norm->of(n) : channel_map{};
      ck_map_apply({own.mean, own.scale, nullptr, 1, addend + at}, x + at, s.height, s.width,
                   s.channels, y + at, 0, s.channels, 0);
    }
  }

  /// The gradient by y of each image's norm from that by its output; `dy` may be `g`.
  void norm_backward(const image_channels &norm, float slope, const float *g, const float *y,
                     float *dy) const {
    for (int n = 0; n < s.batch; n++) {
      const size_t at = n * image_floats;
      ck::norm_backward({g + at, y + at, norm.of(n), slope, s.channels, dy + at}, pixels);
    }
  }

  const ck_residual_block_shape &s;
  const winograd_geometry geometry;
  const size_t pixels, image_floats;
  const image_channels first, second;
};

}  // namespace

size_t ck_residual_block_statistics(const ck_residual_block_shape *shape) {
  return 4 * ck_channels_padded(shape->channels) * shape->batch;
}

ck_status ck_residual_block_forward(const ck_residual_block_shape *shape, const float *x,
                                    const float *weight1, const float *weight2, float *y1,
                                    float *y2, float *statistics, float *y, ck_error *error) {
  return guarded(error, [&] {
    const block b(*shape, statistics);
    const int batch = shape->batch;
    const float epsilon = shape->epsilon;
    b.convolution(shape->weight1, weight1)
        ->run(b.geometry, batch, x, nullptr, nullptr, y1, &b.first, epsilon);
    b.convolution(shape->weight2, weight2)
        ->run(b.geometry, batch, y1, &b.first, nullptr, y2, &b.second, epsilon);
    b.map(&b.second, y2, x, y);
  });
}

ck_status ck_residual_block_backward(const ck_residual_block_shape *shape, const float *x,
                                     const float *weight1, const float *weight2, const float *y1,
                                     const float *y2, const float *statistics, const float *dy,
                                     float *dx, float *dweight1, float *dweight2, ck_error *error) {
  return guarded(error, [&] {
    const block b(*shape, statistics);
    const int batch = shape->batch;
    const floats before = floats_of(batch * b.image_floats);
    const floats middle = floats_of(batch * b.image_floats);
    b.norm_backward(b.second, 1, dy, y2, before.get());
    winograd_backward(*b.transposed(shape->weight2, weight2), b.geometry, batch, y1, &b.first,
                      before.get(), middle.get(), dweight2);
    b.norm_backward(b.first, 0, middle.get(), y1, middle.get());
    winograd_backward(*b.transposed(shape->weight1, weight1), b.geometry, batch, x, nullptr,
                      middle.get(), dx, dweight1);
    b.map(nullptr, dx, dy, dx);
  });
}

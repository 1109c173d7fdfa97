#include "CKernels.h"
#include "guard.h"
#include "inference/bf16_convolution.h"
#include "inference/gemm_convolution.h"
#include "inference/kn2row.h"
#include "training/bf16_convolution.h"
#include "training/gemm_convolution.h"
#include "training/kn2row.h"
#include "training/packed_weights.h"
#include "training/sizes.h"

using namespace ck;

namespace {

/// Whether factors are rounded. Few channels are cheap, and are often an image's.
bool is_rounded(const ck_convolution_extents &s) {
  return s.bf16 && s.input >= 16 && s.output >= 16;
}

constexpr ck_map as_it_is{nullptr, nullptr, nullptr, 1, nullptr};

/// Runs each image of x [N, height, width, C] through a convolution into few channels, with zero
/// padding.
void run_kn2row(const ck_kn2row &convolution, int batch, const float *x, int height, int width,
                int channels, int padding, float *y, size_t y_floats) {
  for (int n = 0; n < batch; n++)
    convolution.run(as_it_is, x + static_cast<size_t>(n) * height * width * channels, height, width,
                    {padding, false}, y + n * y_floats);
}

/// A GEMM computes 16 channels where an image has 3.
bool has_few_channels(const ck_convolution_extents &s, int64_t channels) {
  return s.stride == 1 && channels <= ck_kn2row::most_channels;
}

void kn2row_forward(const ck_convolution_extents &extents, const float *x, const float *weight,
                    const float *bias, float *y) {
  const convolution_sizes s(extents);
  const size_t taps = s.taps();
  const ck_kn2row convolution(s.input, s.output, s.kernel, weight, {s.input * taps, taps, false},
                              bias);
  run_kn2row(convolution, s.batch, x, s.height, s.width, s.input, s.padding, y,
             static_cast<size_t>(s.y_height) * s.y_width * s.output);
}

/// The adjoint is the convolution with the rotated kernel, padded as far as it reaches.
void kn2row_backward_data(const ck_convolution_extents &extents, const float *y,
                          const float *weight, float *x) {
  const convolution_sizes s(extents);
  const size_t taps = s.taps();
  const ck_kn2row convolution(s.output, s.input, s.kernel, weight, {taps, s.input * taps, true},
                              nullptr);
  run_kn2row(convolution, s.batch, y, s.y_height, s.y_width, s.output, s.kernel - 1 - s.padding, x,
             static_cast<size_t>(s.height) * s.width * s.input);
}

void gemm_forward(const ck_convolution_extents &extents, const float *x, const float *weight,
                  const float *bias, float *y) {
  const convolution_sizes s(extents);
  const auto convolution = packed(extents.weight, packing::gemm, [&] {
    return std::make_unique<ck_gemm_convolution>(
        s.input, s.output, convolution_geometry{s.kernel, s.stride, s.padding, false, false},
        convolution_weights{weight, s.input * s.taps(), s.taps()});
  });
  convolution->run(as_it_is, s.batch, x, s.height, s.width, bias, y, s.y_height, s.y_width, nullptr,
                   0);
}

void gemm_backward_data(const ck_convolution_extents &extents, const float *y, const float *weight,
                        float *x) {
  const convolution_sizes s(extents);
  const auto convolution = packed(extents.weight, packing::gemm_adjoint, [&] {
    return std::make_unique<ck_gemm_convolution>(
        s.output, s.input, convolution_geometry{s.kernel, s.stride, s.padding, false, true},
        convolution_weights{weight, s.taps(), s.input * s.taps()});
  });
  convolution->run(as_it_is, s.batch, y, s.y_height, s.y_width, nullptr, x, s.height, s.width,
                   nullptr, 0);
}

void bf16_forward(const ck_convolution_extents &extents, const float *x, const float *weight,
                  const float *bias, float *y) {
  const convolution_sizes s(extents);
  ck_bf16_convolution({s.input, s.output, s.kernel, s.stride, s.padding, 0, 0}, weight, bias)
      .run(s.batch, x, s.height, s.width, y, s.y_height, s.y_width);
}

void bf16_backward_data(const ck_convolution_extents &extents, const float *y, const float *weight,
                        float *x) {
  const convolution_sizes s(extents);
  ck_bf16_convolution({s.output, s.input, s.kernel, s.stride, s.padding, 0, 1}, weight, nullptr)
      .run(s.batch, y, s.y_height, s.y_width, x, s.height, s.width);
}

}  // namespace

ck_status ck_convolution_forward(const ck_convolution_extents *shape, const float *x,
                                 const float *weight, const float *bias, float *y,
                                 ck_error *error) {
  return guarded(error, [&] {
    if (has_few_channels(*shape, shape->output)) return kn2row_forward(*shape, x, weight, bias, y);
    if (is_rounded(*shape)) return bf16_forward(*shape, x, weight, bias, y);
    gemm_forward(*shape, x, weight, bias, y);
  });
}

ck_status ck_convolution_backward_data(const ck_convolution_extents *shape, const float *y,
                                       const float *weight, float *x, ck_error *error) {
  return guarded(error, [&] {
    if (has_few_channels(*shape, shape->input)) return kn2row_backward_data(*shape, y, weight, x);
    if (is_rounded(*shape)) return bf16_backward_data(*shape, y, weight, x);
    gemm_backward_data(*shape, y, weight, x);
  });
}

ck_status ck_convolution_backward_weights(const ck_convolution_extents *shape, const float *x,
                                          const float *y, float *weight, ck_error *error) {
  return guarded(error, [&] {
    if (has_few_channels(*shape, shape->output))
      return kn2row_backward_weights(*shape, x, y, weight);
    if (is_rounded(*shape)) return bf16_backward_weights(*shape, x, y, weight);
    gemm_backward_weights(*shape, x, y, weight);
  });
}

#include "CKernels.h"
#include "guard.h"
#include "inference/bf16_convolution.h"
#include "inference/gemm_convolution.h"
#include "inference/kn2row.h"
#include "training/bf16_convolution.h"
#include "training/gemm_convolution.h"
#include "training/kn2row.h"
#include "training/packed_weights.h"

using namespace ck;

namespace {

/// Whether factors are rounded. Few channels are cheap, and are often an image's.
bool is_rounded(const ck_convolution_extents &s) {
  return s.bf16 && s.input >= 16 && s.output >= 16;
}

int side(int64_t extent) { return static_cast<int>(extent); }

constexpr ck_map as_it_is{nullptr, nullptr, nullptr, 1, nullptr};

/// Runs each image of x [N, height, width, C] through a convolution into few channels, with zero
/// padding.
void run_kn2row(const ck_kn2row &convolution, int64_t batch, const float *x, int64_t height,
                int64_t width, int64_t channels, int64_t padding, float *y, int64_t y_floats) {
  for (int64_t n = 0; n < batch; n++)
    convolution.run(as_it_is, x + n * height * width * channels, static_cast<int>(height),
                    static_cast<int>(width), {static_cast<int>(padding), false}, y + n * y_floats);
}

/// A GEMM computes 16 channels where an image has 3.
bool has_few_channels(const ck_convolution_extents &s, int64_t channels) {
  return s.stride == 1 && channels <= ck_kn2row::most_channels;
}

void kn2row_forward(const ck_convolution_extents &s, const float *x, const float *weight,
                    const float *bias, float *y) {
  const size_t taps = s.kernel * s.kernel;
  const ck_kn2row convolution(static_cast<int>(s.input), static_cast<int>(s.output),
                              static_cast<int>(s.kernel), weight, {s.input * taps, taps, false},
                              bias);
  run_kn2row(convolution, s.batch, x, s.height, s.width, s.input, s.padding, y,
             s.output_height * s.output_width * s.output);
}

/// The adjoint is the convolution with the rotated kernel, padded as far as it reaches.
void kn2row_backward_data(const ck_convolution_extents &s, const float *y, const float *weight,
                          float *x) {
  const size_t taps = s.kernel * s.kernel;
  const ck_kn2row convolution(static_cast<int>(s.output), static_cast<int>(s.input),
                              static_cast<int>(s.kernel), weight, {taps, s.input * taps, true},
                              nullptr);
  run_kn2row(convolution, s.batch, y, s.output_height, s.output_width, s.output,
             s.kernel - 1 - s.padding, x, s.height * s.width * s.input);
}

void gemm_forward(const ck_convolution_extents &s, const float *x, const float *weight,
                  const float *bias, float *y) {
  const size_t taps = s.kernel * s.kernel;
  const auto convolution = packed_gemm(s.weight, packing::gemm, [&] {
    return std::make_unique<ck_gemm_convolution>(
        side(s.input), side(s.output),
        convolution_geometry{side(s.kernel), side(s.stride), side(s.padding), false, false},
        convolution_weights{weight, s.input * taps, taps});
  });
  convolution->run(as_it_is, side(s.batch), x, side(s.height), side(s.width), bias, y,
                   side(s.output_height), side(s.output_width), nullptr, 0);
}

void gemm_backward_data(const ck_convolution_extents &s, const float *y, const float *weight,
                        float *x) {
  const size_t taps = s.kernel * s.kernel;
  const auto convolution = packed_gemm(s.weight, packing::gemm_adjoint, [&] {
    return std::make_unique<ck_gemm_convolution>(
        side(s.output), side(s.input),
        convolution_geometry{side(s.kernel), side(s.stride), side(s.padding), false, true},
        convolution_weights{weight, taps, s.input * taps});
  });
  convolution->run(as_it_is, side(s.batch), y, side(s.output_height), side(s.output_width), nullptr,
                   x, side(s.height), side(s.width), nullptr, 0);
}

void bf16_forward(const ck_convolution_extents &s, const float *x, const float *weight,
                  const float *bias, float *y) {
  ck_bf16_convolution(
      {side(s.input), side(s.output), side(s.kernel), side(s.stride), side(s.padding), 0, 0},
      weight, bias)
      .run(side(s.batch), x, side(s.height), side(s.width), y, side(s.output_height),
           side(s.output_width));
}

void bf16_backward_data(const ck_convolution_extents &s, const float *y, const float *weight,
                        float *x) {
  ck_bf16_convolution(
      {side(s.output), side(s.input), side(s.kernel), side(s.stride), side(s.padding), 0, 1},
      weight, nullptr)
      .run(side(s.batch), y, side(s.output_height), side(s.output_width), x, side(s.height),
           side(s.width));
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

#pragma once

#include <stddef.h>
#include <stdint.h>

/// float32 kernels on the processor: inference on one image at a time, [H, W, C] with C contiguous,
/// and training on batches, [N, H, W, C].

#ifdef __cplusplus
extern "C" {
#endif

/// Whether a call did what it was asked.
typedef enum { CK_OK = 0, CK_FAILED = 1, CK_OUT_OF_MEMORY = 2 } ck_status;

/// Why a call failed: one line, ends in NUL; untouched where the call succeeds.
typedef struct {
  char message[256];
} ck_error;

/// Says how many threads every kernel uses from now on, whichever thread calls it.
void ck_threads_set(int count);

/// Limits the threads of the kernels that the calling thread calls; 0 lifts the limit. Returns the
/// limit before.
int ck_threads_limit(int most);

/// The threads in use, unless set: OMP_NUM_THREADS, or the processors of the affinity mask, or
/// fewer where a control group has a quota of processor time.
int ck_threads_count(void);

/// The processors of `allowed` that control groups leave a process: a file as /proc/self/cgroup
/// names its groups, and `mounts` has them as /sys/fs/cgroup has. At least 1.
int ck_processors_within(int allowed, const char *groups, const char *mounts);

/// The version of oneDNN that is linked, as "2.6.3"; static memory.
const char *ck_onednn_version(void);

/// The instruction set in use: "avx512", "avx2" or "portable"; static memory.
const char *ck_instructions_name(void);

/// Chooses the instruction set of the calling thread; NULL goes back to the fastest. For tests.
///
/// What is made from then on keeps it. Returns 1, or 0 where the processor doesn't have it or there
/// is no such name; then nothing changes.
int ck_instructions_select(const char *name);

/// Whether the processor multiplies bfloat16: 1 or 0.
int ck_bf16_available(void);

/// Allocates `count` floats at a cache line's boundary. Free with `ck_floats_free`; NULL if it
/// fails.
float *ck_floats_alloc(size_t count);

/// Frees what `ck_floats_alloc` gave; NULL is fine.
void ck_floats_free(float *floats);

// Images in and out. A network wants sides that are multiples of something: the rows and columns
// beyond the image are reflection padding.

/// Reads uint8 samples [h, w, C] into [H, W, C] in -1...1.
void ck_image_read_uint8(const uint8_t *samples, int h, int w, int channels, float *to, int H,
                         int W);

/// Reads float32 samples [C, h, w] into [H, W, C].
void ck_image_read_float32(const float *samples, int h, int w, int channels, float *to, int H,
                           int W);

/// Writes the upper left [h, w] of tanh([H, W, C]) as [C, h, w].
void ck_image_write_tanh(const float *from, int W, int channels, float *samples, int h, int w);

/// Nearest-neighbor upsampling by two: y [2h, 2w, C] from x [h, w, C].
void ck_nearest_upsample(const float *x, int h, int w, int channels, float *y);

// Convolutions.

/// A stride-1 convolution into few channels by kn2row, arXiv 1704.04428: a GEMM with all taps of
/// the kernel, then the sum of shifted rows.
///
/// oneDNN computes 16 output channels where an image has 3; this computes 3.
typedef struct ck_kn2row ck_kn2row;

/// Makes one from [K, C, k, k] and [K], k odd and K at most 4, both copied; `bias` may be NULL.
/// `*result` is NULL on failure; the caller frees it.
ck_status ck_kn2row_create(int input, int output, int kernel, const float *weight,
                           const float *bias, ck_kn2row **result, ck_error *error);

/// Frees one; NULL is fine.
void ck_kn2row_free(ck_kn2row *kn2row);

/// The shape of a convolution.
typedef struct {
  int input, output;  // channels
  int kernel, stride, padding;
  int reflects;    // 1: the padding is reflection padding; zeros else
  int transposed;  // 0 or 1: the adjoint of a convolution
} ck_convolution_shape;

/// A convolution, or the adjoint of one, as GEMMs over rows of pixels.
typedef struct ck_gemm_convolution ck_gemm_convolution;

/// Makes one. `weight` is [K, C, k, k], or [C, K, k, k] where transposed, and copied. `*result` is
/// NULL on failure; the caller frees it.
ck_status ck_gemm_convolution_create(ck_convolution_shape shape, const float *weight,
                                     ck_gemm_convolution **result, ck_error *error);

/// Frees one; NULL is fine.
void ck_gemm_convolution_free(ck_gemm_convolution *convolution);

/// A convolution, or the adjoint of one, by oneDNN, of factors that are rounded to bfloat16 and
/// added up in float32: weights reordered once, primitives kept by size.
typedef struct ck_bf16_convolution ck_bf16_convolution;

/// Makes one, as `ck_gemm_convolution_create` does, without reflection padding; `bias` is [K], and
/// copied, or NULL.
ck_status ck_bf16_convolution_create(ck_convolution_shape shape, const float *weight,
                                     const float *bias, ck_bf16_convolution **result,
                                     ck_error *error);

/// Frees one; NULL is fine.
void ck_bf16_convolution_free(ck_bf16_convolution *convolution);

/// y [H', W', K] = convolution of x [H, W, C]; y is complete on success only. Several threads may
/// run one.
ck_status ck_bf16_convolution_run(ck_bf16_convolution *convolution, const float *x, int height,
                                  int width, float *y, int y_height, int y_width, ck_error *error);

/// A 3 x 3 stride-1 convolution by Winograd's F(4x4, 3x3), arXiv 1509.09308.
typedef struct ck_winograd ck_winograd;

/// Makes one from [K, C, 3, 3], copied. `*output` is NULL on failure; the caller frees it.
ck_status ck_winograd_create(int input, int output, const float *weight, ck_winograd **result,
                             ck_error *error);

/// Frees one; NULL is fine.
void ck_winograd_free(ck_winograd *winograd);

/// y [H, W, K] = convolution of f(x) [H, W, C] inside one px of reflection padding.
///
/// With `mean` and `scale`, f is max((x - mean) * scale, 0) per channel; else the identity. `bias`
/// is [K] or NULL. With `y_mean` and `y_scale`, each `ck_channels_padded(K)` long, they receive y's
/// mean and 1 / sqrt(variance + epsilon) per channel.
ck_status ck_winograd_run(const ck_winograd *winograd, const float *x, int height, int width,
                          const float *mean, const float *scale, const float *bias, float *y,
                          float *y_mean, float *y_scale, float epsilon, ck_error *error);

// Convolutions of whole batches and both of their adjoints, for training. LibTorch 1.13 leaves
// small and transposed convolutions to the GEMM of whatever BLAS there is.
//
// All tensors are dense: x [N, H, W, C], weight [K, C, k, k] and y [N, H', W', K].

/// Names the values that a weight has, so that what is made of them is kept for the next call.
typedef struct {
  uint64_t weight;   // of this weight alone, in the whole process; 0: nothing is kept
  uint64_t version;  // another one for other values
} ck_weight_identity;

/// Extents, and how the kernel moves over x.
typedef struct {
  int64_t batch, input, height, width;          // x
  int64_t output, output_height, output_width;  // y
  int64_t kernel, stride, padding;              // px
  int bf16;  // 1: factors of 16 channels or more are rounded to bfloat16, see ck_bf16_available
  ck_weight_identity weight;
} ck_convolution_extents;

/// y = convolution of x, plus `bias` [K] or NULL; y is complete on success only.
ck_status ck_convolution_forward(const ck_convolution_extents *shape, const float *x,
                                 const float *weight, const float *bias, float *y, ck_error *error);

/// x = adjoint of the convolution applied to y: the gradient by x, and a transposed convolution.
ck_status ck_convolution_backward_data(const ck_convolution_extents *shape, const float *y,
                                       const float *weight, float *x, ck_error *error);

/// weight = the gradient by the weight where y is the gradient by the output.
ck_status ck_convolution_backward_weights(const ck_convolution_extents *shape, const float *x,
                                          const float *y, float *weight, ck_error *error);

// Instance norm, an activation and reflection padding for training.

/// Extents, and what follows the norm.
typedef struct {
  int batch, height, width, channels;  // of x
  int padding;                         // px around y, less than either side of x
  float slope;                         // of the activation where it is negative; 1: none
  float epsilon;
} ck_instance_norm_shape;

/// How many floats the statistics are.
size_t ck_instance_norm_statistics(const ck_instance_norm_shape *shape);

/// y [N, H + 2 padding, W + 2 padding, C] from x [N, H, W, C], and the statistics of x.
ck_status ck_instance_norm_forward(const ck_instance_norm_shape *shape, const float *x,
                                   float *statistics, float *y, ck_error *error);

/// The gradient by x from the gradient by y.
ck_status ck_instance_norm_backward(const ck_instance_norm_shape *shape, const float *x,
                                    const float *statistics, const float *dy, float *dx,
                                    ck_error *error);

// A residual block for training, y = x + norm(conv(relu(norm(conv(x))))): 3 x 3 convolutions inside
// reflection padding, by Winograd's F(4x4, 3x3), and instance norms. Biases would cancel out.
//
// Activations are [N, H, W, C], weights [C, C, 3, 3], and `statistics` are
// `ck_residual_block_statistics(shape)` floats.

/// The extents of a block.
typedef struct {
  int batch, height, width, channels;
  float epsilon;  // of the norms
  ck_weight_identity weight1, weight2;
} ck_residual_block_shape;

/// How many floats a block's statistics are.
size_t ck_residual_block_statistics(const ck_residual_block_shape *shape);

/// y from x, and what the backward pass needs: both convolutions' outputs and their statistics.
ck_status ck_residual_block_forward(const ck_residual_block_shape *shape, const float *x,
                                    const float *weight1, const float *weight2, float *y1,
                                    float *y2, float *statistics, float *y, ck_error *error);

/// The gradients by x and both weights, from the gradient by y.
ck_status ck_residual_block_backward(const ck_residual_block_shape *shape, const float *x,
                                     const float *weight1, const float *weight2, const float *y1,
                                     const float *y2, const float *statistics, const float *dy,
                                     float *dx, float *dweight1, float *dweight2, ck_error *error);

/// What one step of Adam does to every element: its moments become beta * moment + rest * gradient
/// (and gradient squared), then parameter -= rate * mean / (sqrt(square) / correction + epsilon).
typedef struct {
  float beta1, rest1, beta2, rest2, rate, correction, epsilon;
} ck_adam_update;

/// Updates `count` parameters and both of their moments.
///
/// Source: Kingma and Ba 2014, arXiv 1412.6980, algorithm 1.
void ck_adam_step(const ck_adam_update *update, float *parameter, const float *gradient,
                  float *mean, float *square, size_t count);

// Norms and activations.

/// How many floats an array with a value per channel needs to have.
size_t ck_channels_padded(int channels);

/// The mean and 1 / sqrt(biased variance + epsilon) of each channel of x [pixels, C].
ck_status ck_statistics_compute(const float *x, size_t pixels, int channels, float epsilon,
                                float *mean, float *scale, ck_error *error);

/// What happens to each value on its way from one buffer into another.
typedef struct {
  const float *mean, *scale,
      *shift;           // (x - mean) * scale (+ shift) per channel; mean NULL: nothing
  float slope;          // then x where positive, else slope * x; 1 changes nothing
  const float *addend;  // then + addend [H, W, C]; NULL: nothing
} ck_map;

/// y = map(x) for x [H, W, C].
///
/// y has `padding` px of reflection padding around it and `y_channels` values a pixel, of which the
/// C from `y_first` on are written. y may be x or the addend where the padding is 0 and
/// `y_channels` is C.
void ck_map_apply(ck_map map, const float *x, int height, int width, int channels, float *y,
                  int padding, int y_channels, int y_first);

/// y [H', W', K] = convolution of map(x) [H, W, C], plus `bias` [K] or NULL; the map's addend is
/// ignored.
///
/// With `y_mean` and `y_scale`, each `ck_channels_padded(K)` long, they receive y's mean and
/// 1 / sqrt(variance + epsilon) per channel. y is complete on success only.
ck_status ck_gemm_convolution_run(const ck_gemm_convolution *convolution, ck_map map,
                                  const float *x, int height, int width, const float *bias,
                                  float *y, int y_height, int y_width, float *y_mean,
                                  float *y_scale, float epsilon, ck_error *error);

/// y [H, W, K] = convolution of map(x) [H, W, C] inside (k - 1) / 2 px of reflection padding.
///
/// The map's addend is ignored.
ck_status ck_kn2row_run(const ck_kn2row *kn2row, ck_map map, const float *x, int height, int width,
                        float *y, ck_error *error);

#ifdef __cplusplus
}
#endif

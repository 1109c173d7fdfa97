/// A C ABI over the part of LibTorch that training needs.
///
/// Every function that can fail returns a status and, where it does not return CT_OK, has written
/// the reason into `error`. No exception leaves any of them. A handle in `*output` belongs to the
/// caller, who gives it to the object's `_free`; on failure `*output` is NULL. Freeing NULL is
/// allowed. None of the objects may be used by two threads at once.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How a call ended.
typedef enum {
  CT_OK = 0,
  /// LibTorch refused; the message has its words.
  CT_FAILED = 1,
  /// The device does not exist here, or this LibTorch was built without it.
  CT_UNAVAILABLE = 2,
  /// The host or the device is out of memory.
  CT_OUT_OF_MEMORY = 3,
} ct_status;

/// Why a call did not end with CT_OK: one line of UTF-8, NUL at the end.
typedef struct {
  char message[512];
} ct_error;

/// What a tensor's elements are.
typedef enum { CT_FLOAT32 = 0, CT_INT64 = 1, CT_UINT8 = 2 } ct_type;

/// Elements on a device, and how they came about where a gradient will be asked for.
typedef struct ct_tensor ct_tensor;
/// Stages with parameters on a device.
typedef struct ct_network ct_network;
/// Adam over the parameters of some networks.
typedef struct ct_adam ct_adam;
/// A device's source of random numbers, of the caller's own.
typedef struct ct_random ct_random;

// The process.

/// Sets how many threads CPU operations use, at least 1.
ct_status ct_set_threads(int32_t count, ct_error *error);
/// Keeps freed memory for the next step instead of returning it to the kernel page by page.
void ct_keep_memory(void);
/// LibTorch's version, such as "1.13.1"; static.
const char *ct_version(void);
/// CT_OK if tensors can live on the device named, else CT_UNAVAILABLE or CT_OUT_OF_MEMORY.
ct_status ct_device_check(const char *device, ct_error *error);

// Tensors.

/// Copies `values`, dense and in C order, onto a device.
ct_status ct_tensor_init(const void *values, ct_type type, const int64_t *shape, int32_t rank,
                         const char *device, ct_tensor **output, ct_error *error);
/// Gives the handle back; the elements live on while another handle or a graph needs them.
void ct_tensor_free(ct_tensor *tensor);
/// Number of axes.
int32_t ct_tensor_rank(const ct_tensor *tensor);
/// Extent of an axis, 0 where there is no such axis.
int64_t ct_tensor_extent(const ct_tensor *tensor, int32_t axis);
/// Copies all elements into `values`, which has room for `bytes`: exactly what they take.
ct_status ct_tensor_read(const ct_tensor *tensor, void *values, size_t bytes, ct_error *error);
/// Copies `bytes` of `values` over the elements, in place.
ct_status ct_tensor_write(ct_tensor *tensor, const void *values, size_t bytes, ct_error *error);

ct_status ct_tensor_add(const ct_tensor *a, const ct_tensor *b, ct_tensor **output,
                        ct_error *error);
ct_status ct_tensor_subtract(const ct_tensor *a, const ct_tensor *b, ct_tensor **output,
                             ct_error *error);
/// The product of elements; axes of extent 1 stretch.
ct_status ct_tensor_multiply(const ct_tensor *a, const ct_tensor *b, ct_tensor **output,
                             ct_error *error);
/// input * factor + summand, element by element.
ct_status ct_tensor_scale(const ct_tensor *input, double factor, double summand, ct_tensor **output,
                          ct_error *error);
ct_status ct_tensor_absolute(const ct_tensor *input, ct_tensor **output, ct_error *error);
ct_status ct_tensor_square(const ct_tensor *input, ct_tensor **output, ct_error *error);
/// The mean of all elements, shape [].
ct_status ct_tensor_mean(const ct_tensor *input, ct_tensor **output, ct_error *error);
/// Euclidean length of each item of the first axis, shape [N].
ct_status ct_tensor_norms(const ct_tensor *input, ct_tensor **output, ct_error *error);
/// Mean binary cross entropy of logits against one label, shape [].
ct_status ct_tensor_cross_entropy(const ct_tensor *logits, double label, ct_tensor **output,
                                  ct_error *error);
/// The same elements, cut off from how they came about.
ct_status ct_tensor_detach(const ct_tensor *input, ct_tensor **output, ct_error *error);
/// A copy of the elements, cut off from how they came about.
ct_status ct_tensor_copy(const ct_tensor *input, ct_tensor **output, ct_error *error);
/// A copy of a [rows, columns] host tensor whose shorter side's vectors are orthonormal.
ct_status ct_tensor_orthogonal(const ct_tensor *input, ct_tensor **output, ct_error *error);
/// Items `start` to `start + count` of the first axis; shares elements with `input`.
ct_status ct_tensor_slice(const ct_tensor *input, int64_t start, int64_t count, ct_tensor **output,
                          ct_error *error);
/// Tensors one after the other along the first axis.
ct_status ct_tensor_concatenate(const ct_tensor *const *inputs, int32_t count, ct_tensor **output,
                                ct_error *error);

/// What happens to one image; the neutral values are 0, 1, 1, 0, 0 and an empty rectangle.
typedef struct {
  double brightness;               // added to every value
  double saturation, contrast;     // factors of the distance from the pixel's and the image's mean
  int64_t down, right;             // px by which the content moves; zeros come in
  int64_t top, left, bottom, end;  // rows top ..< bottom and columns left ..< end become zero
} ct_augmentation;
/// Images [N, C, H, W], each changed in its own way, in the order of the fields; `count` is N. It
/// has gradients of every order.
ct_status ct_tensor_augment(const ct_tensor *images, const ct_augmentation *augmentations,
                            int32_t count, ct_tensor **output, ct_error *error);

/// Adds the gradient of a scalar to every parameter it depends on.
ct_status ct_tensor_backward(const ct_tensor *loss, ct_error *error);
/// A copy that requires grad.
ct_status ct_tensor_require_grad(const ct_tensor *input, ct_tensor **output, ct_error *error);
/// The gradient of the sum of `output_of` by `input`; it has a gradient itself.
ct_status ct_tensor_gradient(const ct_tensor *output_of, const ct_tensor *input, ct_tensor **output,
                             ct_error *error);

// Random numbers.

/// A source for the device named, independent of LibTorch's own.
ct_status ct_random_init(const char *device, uint64_t seed, ct_random **output, ct_error *error);
void ct_random_free(ct_random *random);
/// Begins another sequence.
ct_status ct_random_set_seed(ct_random *random, uint64_t seed, ct_error *error);
/// Bytes of the state, a UINT8 tensor in host memory.
ct_status ct_random_state(const ct_random *random, ct_tensor **output, ct_error *error);
/// Continues from a state that ct_random_state gave.
ct_status ct_random_set_state(ct_random *random, const ct_tensor *state, ct_error *error);

// Networks.

/// A network without stages; the calls below append. `random` feeds dropout, and is kept alive.
ct_status ct_network_init(const char *device, const ct_random *random, ct_network **output,
                          ct_error *error);
void ct_network_free(ct_network *network);

/// A square convolution; its parameters are called `name`.weight and, with bias, `name`.bias.
typedef struct {
  const char *name;
  int64_t input_channels, output_channels, kernel, stride, padding, output_padding;
  bool bias, transposed;
  bool instance_normalized;  // whether an instance norm follows, which takes a bias out again
  bool bf16;                 // whether factors of 16 channels or more are rounded to bfloat16
} ct_convolution;
ct_status ct_network_add_convolution(ct_network *network, const ct_convolution *convolution,
                                     ct_error *error);
/// x + norm(conv(relu(norm(conv(x))))): 3 x 3 convolutions of as many channels in as out, each
/// inside one px of reflection padding, and instance norms.
ct_status ct_network_add_residual_block(ct_network *network, const ct_convolution *first,
                                        const ct_convolution *second, double epsilon,
                                        ct_error *error);

typedef enum { CT_NORM_NONE = 0, CT_NORM_INSTANCE = 1, CT_NORM_BATCH = 2 } ct_norm;

/// A norm, then an activation, then reflection padding; each may be missing.
typedef struct {
  ct_norm norm;
  const char *name;  // the prefix of a batch norm's parameters
  int64_t channels;  // of a batch norm
  double epsilon, momentum;
  double slope;     // factor of what is not positive; 1: no activation
  int64_t padding;  // px
} ct_prologue;
ct_status ct_network_add_prologue(ct_network *network, const ct_prologue *prologue,
                                  ct_error *error);
/// Nearest-neighbor upsampling by two.
ct_status ct_network_add_nearest_upsampling(ct_network *network, ct_error *error);
ct_status ct_network_add_tanh(ct_network *network, ct_error *error);
ct_status ct_network_add_dropout(ct_network *network, double probability, ct_error *error);
/// What is appended until ct_network_end is a group whose output is added to its input.
ct_status ct_network_begin_residual(ct_network *network, ct_error *error);
/// What is appended until ct_network_end is a group whose output comes after its input along C.
ct_status ct_network_begin_skip(ct_network *network, ct_error *error);
ct_status ct_network_end(ct_network *network, ct_error *error);

/// Runs all stages as in training: batch statistics, dropout on.
ct_status ct_network_forward(ct_network *network, const ct_tensor *input, ct_tensor **output,
                             ct_error *error);
/// Runs all stages as in evaluation: running statistics, dropout off, no graph.
ct_status ct_network_apply(ct_network *network, const ct_tensor *input, ct_tensor **output,
                           ct_error *error);
/// Gradient checkpointing: whether later forward passes keep only what goes into groups of stages,
/// which the backward pass runs a second time; the network must live until then, and second
/// derivatives are lost.
void ct_network_set_checkpointing(ct_network *network, bool checkpoints);
/// Whether the parameters require grad in later forward passes.
ct_status ct_network_set_requires_grad(ct_network *network, bool requires_grad, ct_error *error);
/// Clears all gradients.
ct_status ct_network_clear_gradients(ct_network *network, ct_error *error);
/// Multiplies all gradients.
ct_status ct_network_scale_gradients(ct_network *network, double factor, ct_error *error);
/// The parameter or running statistic `name`; shares elements with the network.
ct_status ct_network_tensor(const ct_network *network, const char *name, ct_tensor **output,
                            ct_error *error);
/// The gradient of parameter `name`; 0 where nothing depended on it.
ct_status ct_network_gradient(const ct_network *network, const char *name, ct_tensor **output,
                              ct_error *error);

/// Moves every trainable parameter of `network` by `weight` of its distance to that of `target`, a
/// network with the same stages, and copies the running statistics.
ct_status ct_network_lerp(ct_network *network, const ct_network *target, double weight,
                          ct_error *error);

// Norms, for the check that everything is finite.

/// Everything whose finiteness decides whether the gradients of a step may be applied, at once: the
/// losses, each [], and then for every network the Euclidean length of all its gradients; shape
/// [loss_count + network_count]. A length is NaN or infinite if an element is; parameters without a
/// gradient count as 0.
ct_status ct_step_norms(const ct_tensor *const *losses, int32_t loss_count,
                        ct_network *const *networks, int32_t network_count, ct_tensor **output,
                        ct_error *error);
/// The Euclidean length of all trainable parameters of every network, [count], likewise.
ct_status ct_networks_norms(ct_network *const *networks, int32_t count, ct_tensor **output,
                            ct_error *error);

// The optimizer.

/// Adam with fresh moments over every trainable parameter of `networks`, in their order; eps 1e-8.
ct_status ct_adam_init(ct_network *const *networks, int32_t count, double beta1, double beta2,
                       ct_adam **output, ct_error *error);
void ct_adam_free(ct_adam *adam);
/// One update at `rate` of every parameter that has a gradient.
ct_status ct_adam_step(ct_adam *adam, double rate, ct_error *error);
/// How many parameters it updates.
int64_t ct_adam_count(const ct_adam *adam);
/// Updates of parameter `index` so far; 0 where there is no such parameter.
int64_t ct_adam_steps(const ct_adam *adam, int64_t index);
/// Sets how many updates parameter `index` has had.
void ct_adam_set_steps(ct_adam *adam, int64_t index, int64_t steps);
/// First moment of parameter `index`, or with `squared` the second; shared.
ct_status ct_adam_moment(const ct_adam *adam, int64_t index, bool squared, ct_tensor **output,
                         ct_error *error);

#ifdef __cplusplus
}
#endif

#include <array>
#include <cstring>
#include <dnnl.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "guard.h"
#include "memory.h"
#include "onednn.h"

using ck::engine;
using dnnl::memory;

namespace {

const auto f32 = memory::data_type::f32;
const auto nhwc = memory::format_tag::nhwc;

/// One primitive for one size of image, with the weights in the order it wants; `x` is what it
/// reads.
struct sized {
  dnnl::primitive primitive;
  memory::desc x, y, scratch;
  memory weight;
};

int output_side(const ck_convolution_shape &shape, int side) {
  if (shape.transposed)
    return (side - 1) * shape.stride - 2 * shape.padding + shape.kernel + shape.output_padding;
  return (side + 2 * shape.padding - shape.kernel) / shape.stride + 1;
}

}  // namespace

struct ck_convolution {
  ck_convolution(ck_convolution_shape shape, const float *weight, const float *bias);

  void run(const float *x, int height, int width, float *y);

 private:
  std::shared_ptr<const sized> of(int height, int width);

  template <typename Forward>
  sized made(dnnl::algorithm algorithm, int height, int width, int end_padding);

  memory reordered(const memory::desc &wanted);

  const ck_convolution_shape shape;
  memory weight, bias;  // the weights in the order that was wanted last; a value per channel
  bool has_bias;
  std::map<std::array<int, 3>, std::shared_ptr<const sized>> by_size;  // height, width, threads
  std::mutex lock;                                                     // of what a new size changes
};

ck_convolution::ck_convolution(ck_convolution_shape shape, const float *values,
                               const float *bias_values)
    : shape(shape), has_bias(bias_values != nullptr) {
  // Images of every size pass through here, and `by_size` keeps what is needed: oneDNN, which would
  // keep 1024 primitives more, keeps few. Training needs them: it has the same sizes over and over.
  static const auto capacity = dnnl_set_primitive_cache_capacity(64);
  (void)capacity;
  const memory::dims sizes{shape.output, shape.input, shape.kernel, shape.kernel};
  // A transposed weight is [C, K, k, k] in its file: the same numbers, outermost pair swapped.
  const auto order = shape.transposed ? memory::format_tag::iohw : memory::format_tag::oihw;
  weight = memory({sizes, f32, order}, engine());
  std::memcpy(weight.get_data_handle(), values, weight.get_desc().get_size());
  if (!has_bias) return;
  bias = memory({{shape.output}, f32, memory::format_tag::x}, engine());
  std::memcpy(bias.get_data_handle(), bias_values, bias.get_desc().get_size());
}

memory ck_convolution::reordered(const memory::desc &wanted) {
  // Sizes nearly always want the same order: one copy serves them all, and the one as given goes.
  if (weight.get_desc() == wanted) return weight;
  memory ordered(wanted, engine());
  dnnl::stream stream(engine());
  dnnl::reorder(weight, ordered).execute(stream, weight, ordered);
  stream.wait();
  return weight = ordered;
}

template <typename Forward>
sized ck_convolution::made(dnnl::algorithm algorithm, int height, int width, int end_padding) {
  const auto factor = shape.bf16 ? memory::data_type::bf16 : f32;
  const memory::desc x({1, shape.input, height, width}, factor, nhwc);
  const memory::desc y({1, shape.output, output_side(shape, height), output_side(shape, width)},
                       f32, nhwc);
  const memory::desc any({shape.output, shape.input, shape.kernel, shape.kernel}, factor,
                         memory::format_tag::any);
  const memory::dims strides{shape.stride, shape.stride}, before{shape.padding, shape.padding};
  const memory::dims after{end_padding, end_padding};
  const auto inference = dnnl::prop_kind::forward_inference;
  const dnnl::primitive_attr attributes = ck::with_own_scratchpad();
  const typename Forward::primitive_desc description =
      has_bias
          ? typename Forward::primitive_desc(
                {inference, algorithm, x, any, bias.get_desc(), y, strides, before, after},
                attributes, engine())
          : typename Forward::primitive_desc(
                {inference, algorithm, x, any, y, strides, before, after}, attributes, engine());
  return {Forward(description), x, y, description.scratchpad_desc(),
          reordered(description.weights_desc())};
}

std::shared_ptr<const sized> ck_convolution::of(int height, int width) {
  // A primitive is made for a number of threads, and its scratch memory with it.
  const std::array<int, 3> key{height, width, ck_threads_count()};
  const std::lock_guard<std::mutex> held(lock);
  const auto known = by_size.find(key);
  if (known != by_size.end()) return known->second;
  // A folder of images of every size must not fill the memory with primitives.
  if (by_size.size() >= 8) by_size.clear();
  const int end = shape.padding - shape.output_padding;
  sized one = shape.transposed
                  ? made<dnnl::deconvolution_forward>(dnnl::algorithm::deconvolution_direct, height,
                                                      width, end)
                  : made<dnnl::convolution_forward>(dnnl::algorithm::convolution_direct, height,
                                                    width, shape.padding);
  return by_size[key] = std::make_shared<const sized>(std::move(one));
}

void ck_convolution::run(const float *x, int height, int width, float *y) {
  const auto kept = of(height, width);
  const sized &one = *kept;
  memory scratch(one.scratch, engine());
  dnnl::stream stream(engine());
  const memory::desc given({1, shape.input, height, width}, f32, nhwc);
  memory source(given, engine(), const_cast<float *>(x));
  if (given != one.x) {
    memory rounded(one.x, engine(), ck::scratch_floats(one.x.get_size() / sizeof(float) + 1));
    dnnl::reorder(source, rounded).execute(stream, source, rounded);
    source = rounded;
  }
  one.primitive.execute(stream, {{DNNL_ARG_SRC, source},
                                 {DNNL_ARG_WEIGHTS, one.weight},
                                 {DNNL_ARG_BIAS, bias},
                                 {DNNL_ARG_DST, memory(one.y, engine(), y)},
                                 {DNNL_ARG_SCRATCHPAD, scratch}});
  stream.wait();
}

ck_status ck_convolution_create(ck_convolution_shape shape, const float *weight, const float *bias,
                                ck_convolution **output, ck_error *error) {
  *output = nullptr;
  return ck::guarded(error, [&] { *output = new ck_convolution(shape, weight, bias); });
}

void ck_convolution_free(ck_convolution *convolution) { delete convolution; }

ck_status ck_convolution_run(ck_convolution *convolution, const float *x, int height, int width,
                             float *y, ck_error *error) {
  return ck::guarded(error, [&] { convolution->run(x, height, width, y); });
}

#include "inference/bf16_convolution.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "guard.h"
#include "memory.h"
#include "rounding.h"
#include "threads.h"

using dnnl::memory;
using namespace ck;

namespace {

// Strips of an image, one thread's at a time, and the least rows of one.
constexpr int most_strips = 16, least_rows = 4;

/// The padding at the end of `x` rows or columns whose windows make `y`.
int end_padding(const ck_convolution_shape &shape, int start, int x, int y) {
  if (shape.transposed) std::swap(x, y);
  return (y - 1) * shape.stride + shape.kernel - x - start;
}

}  // namespace

/// A primitive for strips of one size, with the weights in the order it wants.
struct ck_bf16_convolution::sized {
  dnnl::primitive primitive;
  memory::desc x, y, scratch;
  memory weight;
};

ck_bf16_convolution::ck_bf16_convolution(const ck_convolution_shape &shape, const float *values,
                                         const float *bias_values)
    : shape(shape), has_bias(bias_values != nullptr) {
  // Images of every size pass through here, and `by_size` keeps what is needed: oneDNN, which would
  // keep 1024 primitives more, keeps as many as a training step has.
  static const auto capacity = dnnl_set_primitive_cache_capacity(256);
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

std::vector<strip> ck_bf16_convolution::strips(int height, int y_height) const {
  const int stride = shape.stride, padding = shape.padding;
  const int count = std::clamp(y_height / least_rows, 1, most_strips);
  const int rows = rounded_up(divided_up(y_height, count), stride);
  std::vector<strip> made;
  for (int first = 0; first < y_height; first += rows) {
    const int some = std::min(rows, y_height - first);
    if (!shape.transposed) {
      made.push_back(strip_of(shape.kernel, stride, padding, height, first, some));
      continue;
    }
    // The first input that reaches the strip's outputs, and the last.
    const int start = divided_up(std::max(first + padding - shape.kernel + 1, 0), stride);
    const int end = std::min((first + some - 1 + padding) / stride, height - 1);
    made.push_back({first, some, start, end - start + 1, first + padding - start * stride});
  }
  return made;
}

memory ck_bf16_convolution::reordered(const memory::desc &wanted) {
  // Sizes nearly always want the same order: one copy serves them all, and the one as given goes.
  if (weight.get_desc() == wanted) return weight;
  memory ordered(wanted, engine());
  dnnl::stream stream(engine());
  dnnl::reorder(weight, ordered).execute(stream, weight, ordered);
  stream.wait();
  return weight = ordered;
}

template <typename Forward>
ck_bf16_convolution::sized ck_bf16_convolution::made(dnnl::algorithm algorithm, const strip &rows,
                                                     int width, int y_width) {
  const memory::desc x({1, shape.input, rows.x_rows, width}, bf16, nhwc);
  const memory::desc y({1, shape.output, rows.y_rows, y_width}, f32, nhwc);
  const memory::desc any({shape.output, shape.input, shape.kernel, shape.kernel}, bf16,
                         memory::format_tag::any);
  const memory::dims strides{shape.stride, shape.stride};
  const memory::dims start{rows.before, shape.padding};
  const memory::dims end{end_padding(shape, rows.before, rows.x_rows, rows.y_rows),
                         end_padding(shape, shape.padding, width, y_width)};
  const auto inference = dnnl::prop_kind::forward_inference;
  const dnnl::primitive_attr attributes = with_own_scratchpad();
  const typename Forward::primitive_desc description =
      has_bias ? typename Forward::primitive_desc(
                     {inference, algorithm, x, any, bias.get_desc(), y, strides, start, end},
                     attributes, engine())
               : typename Forward::primitive_desc(
                     {inference, algorithm, x, any, y, strides, start, end}, attributes, engine());
  return {Forward(description), x, y, description.scratchpad_desc(),
          reordered(description.weights_desc())};
}

std::shared_ptr<const ck_bf16_convolution::sized> ck_bf16_convolution::of(const strip &rows,
                                                                          int width, int y_width) {
  const std::array<int, 6> key{rows.x_rows, rows.y_rows, rows.before, width, y_width};
  const std::lock_guard<std::mutex> held(lock);
  const auto known = by_size.find(key);
  if (known != by_size.end()) return known->second;
  // A folder of images of every size must not fill the memory with primitives.
  if (by_size.size() >= 24) by_size.clear();
  sized one = shape.transposed ? made<dnnl::deconvolution_forward>(
                                     dnnl::algorithm::deconvolution_direct, rows, width, y_width)
                               : made<dnnl::convolution_forward>(
                                     dnnl::algorithm::convolution_direct, rows, width, y_width);
  return by_size[key] = std::make_shared<const sized>(std::move(one));
}

void ck_bf16_convolution::run(int batch, const float *x, int height, int width, float *y,
                              int y_height, int y_width) {
  use_one_thread();
  const std::vector<strip> cut = strips(height, y_height);
  std::vector<std::shared_ptr<const sized>> kept;
  size_t rounded = 0, scratch = 0;  // floats
  for (const strip &rows : cut) {
    kept.push_back(of(rows, width, y_width));
    rounded = std::max(rounded, whole_lines(kept.back()->x.get_size()));
    scratch = std::max(scratch, whole_lines(kept.back()->scratch.get_size()));
  }
  const int strips = static_cast<int>(cut.size()), count = batch * strips;
  float *memories = scratch_floats(threads_for(count) * (rounded + scratch));
  in_parallel_with_thread(count, [&](int i, int thread) {
    use_one_thread();
    const strip &rows = cut[i % strips];
    const sized &one = *kept[i % strips];
    const size_t x_row = static_cast<size_t>(i / strips) * height + rows.x_first;
    const size_t y_row = static_cast<size_t>(i / strips) * y_height + rows.y_first;
    float *own = memories + thread * (rounded + scratch);
    float *to = y + y_row * y_width * shape.output;
    dnnl::stream stream(engine());
    memory source({{1, shape.input, rows.x_rows, width}, f32, nhwc}, engine(),
                  const_cast<float *>(x + x_row * width * shape.input));
    memory factor(one.x, engine(), own);
    dnnl::reorder(source, factor).execute(stream, source, factor);
    one.primitive.execute(stream,
                          {{DNNL_ARG_SRC, factor},
                           {DNNL_ARG_WEIGHTS, one.weight},
                           {DNNL_ARG_BIAS, bias},
                           {DNNL_ARG_DST, memory(one.y, engine(), to)},
                           {DNNL_ARG_SCRATCHPAD, memory(one.scratch, engine(), own + rounded)}});
    stream.wait();
  });
}

ck_status ck_bf16_convolution_create(ck_convolution_shape shape, const float *weight,
                                     const float *bias, ck_bf16_convolution **output,
                                     ck_error *error) {
  *output = nullptr;
  return guarded(error, [&] { *output = new ck_bf16_convolution(shape, weight, bias); });
}

void ck_bf16_convolution_free(ck_bf16_convolution *convolution) { delete convolution; }

ck_status ck_bf16_convolution_run(ck_bf16_convolution *convolution, const float *x, int height,
                                  int width, float *y, int y_height, int y_width, ck_error *error) {
  return guarded(error, [&] { convolution->run(1, x, height, width, y, y_height, y_width); });
}

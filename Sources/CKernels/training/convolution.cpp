#include <array>
#include <dnnl.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "CKernels.h"
#include "guard.h"
#include "onednn.h"
#include "training/kn2row.h"

using namespace ck;
using dnnl::memory;

namespace {

const auto f32 = memory::data_type::f32;
const auto direct = dnnl::algorithm::convolution_direct;

/// What a convolution computes from its two other tensors.
enum class operation { forward, biased, data, weight };

/// Whether factors are rounded. Few channels are cheap, and are often a image's.
bool is_rounded(const ck_convolution_extents &s) {
  return s.bf16 && s.input >= 16 && s.output >= 16;
}

/// The tensors of a convolution: activations as the caller has them unless said otherwise, weights
/// in the order that is fastest, factors in their precision.
struct layout {
  memory::desc x, weight, bias, y;
  memory::dims strides, before, after;

  /// As the caller has them.
  explicit layout(const ck_convolution_extents &s)
      : layout(s, memory::format_tag::nhwc, f32, f32, f32) {}

  /// As an operation wants them.
  layout(const ck_convolution_extents &s, operation wanted, memory::format_tag activations)
      : layout(s, activations, factor(s, wanted != operation::data),
               factor(s, wanted != operation::weight),
               factor(s, wanted == operation::data || wanted == operation::weight)) {}

 private:
  static memory::data_type factor(const ck_convolution_extents &s, bool is_factor) {
    return is_factor && is_rounded(s) ? memory::data_type::bf16 : f32;
  }

  layout(const ck_convolution_extents &s, memory::format_tag activations, memory::data_type of_x,
         memory::data_type of_weight, memory::data_type of_y)
      : x({s.batch, s.input, s.height, s.width}, of_x, activations),
        weight({s.output, s.input, s.kernel, s.kernel}, of_weight, memory::format_tag::any),
        bias({s.output}, f32, memory::format_tag::x),
        y({s.batch, s.output, s.output_height, s.output_width}, of_y, activations),
        strides{s.stride, s.stride},
        before{s.padding, s.padding},
        after{(s.output_height - 1) * s.stride + s.kernel - s.height - s.padding,
              (s.output_width - 1) * s.stride + s.kernel - s.width - s.padding} {}
};

/// A primitive, and what it wants its tensors to be.
struct prepared {
  dnnl::primitive primitive;
  memory::desc x, weight, y, scratch;
};

/// The weights as the caller has them.
memory::desc given_weight(const ck_convolution_extents &s) {
  return {{s.output, s.input, s.kernel, s.kernel}, f32, memory::format_tag::oihw};
}

dnnl::convolution_forward::primitive_desc forward(const layout &l, bool biased) {
  using made = dnnl::convolution_forward::primitive_desc;
  const auto kind = dnnl::prop_kind::forward_training;
  if (biased)
    return made({kind, direct, l.x, l.weight, l.bias, l.y, l.strides, l.before, l.after},
                with_own_scratchpad(), engine());
  return made({kind, direct, l.x, l.weight, l.y, l.strides, l.before, l.after},
              with_own_scratchpad(), engine());
}

/// Whether the order of oneDNN's own is worth moving x and y into it: its gradient by the weights
/// of a 3 x 3 convolution at stride 2 takes 42 ms on [1, 256, 256, 64] as it is, and 14 ms so.
bool is_reordered(const ck_convolution_extents &s, operation wanted) {
  return wanted == operation::weight && s.kernel == 3 && s.stride == 2;
}

prepared prepare(const ck_convolution_extents &shape, operation wanted) {
  const auto order =
      is_reordered(shape, wanted) ? memory::format_tag::any : memory::format_tag::nhwc;
  const layout l(shape, wanted, order);
  const auto hint = forward(layout(shape, operation::forward, order), wanted == operation::biased);
  if (wanted == operation::data) {
    const dnnl::convolution_backward_data::primitive_desc made(
        {direct, l.x, l.weight, l.y, l.strides, l.before, l.after}, with_own_scratchpad(), engine(),
        hint);
    return {dnnl::convolution_backward_data(made), made.diff_src_desc(), made.weights_desc(),
            made.diff_dst_desc(), made.scratchpad_desc()};
  }
  if (wanted == operation::weight) {
    const dnnl::convolution_backward_weights::primitive_desc made(
        {direct, l.x, l.weight, l.y, l.strides, l.before, l.after}, with_own_scratchpad(), engine(),
        hint);
    return {dnnl::convolution_backward_weights(made), made.src_desc(), made.diff_weights_desc(),
            made.diff_dst_desc(), made.scratchpad_desc()};
  }
  return {dnnl::convolution_forward(hint), hint.src_desc(), hint.weights_desc(), hint.dst_desc(),
          hint.scratchpad_desc()};
}

/// The primitive for a shape: a step asks for the same few over and over.
std::shared_ptr<const prepared> find(const ck_convolution_extents &s, operation wanted) {
  using key = std::array<int64_t, 12>;
  static std::map<key, std::shared_ptr<const prepared>> known;
  static std::mutex lock;
  const key k{s.batch,  s.input,         s.height,       s.width,
              s.output, s.output_height, s.output_width, s.kernel,
              s.stride, s.padding,       is_rounded(s),  static_cast<int64_t>(wanted)};
  const std::lock_guard<std::mutex> held(lock);
  const auto found = known.find(k);
  if (found != known.end()) return found->second;
  // Images of every size must not fill the memory with primitives.
  if (known.size() >= 1024) known.clear();
  return known[k] = std::make_shared<const prepared>(prepare(s, wanted));
}

/// One call: its stream, and tensors on their way to and from the primitive's order.
class call {
 public:
  explicit call(const ck_convolution_extents &shape)
      : x(layout(shape).x), y(layout(shape).y), weight(given_weight(shape)), stream(engine()) {}

  static memory lent(const memory::desc &description, const float *values) {
    return memory(description, engine(), const_cast<float *>(values));
  }

  memory ordered(const memory::desc &given, const memory::desc &wanted, const float *values) {
    memory caller = lent(given, values);
    if (given == wanted) return caller;
    memory made(wanted, engine());
    dnnl::reorder(caller, made).execute(stream, caller, made);
    return made;
  }

  void run(const prepared &p, std::unordered_map<int, memory> arguments) {
    arguments[DNNL_ARG_SCRATCHPAD] = memory(p.scratch, engine());
    p.primitive.execute(stream, arguments);
    stream.wait();
  }

  /// Runs a primitive that makes weights.
  void run(const prepared &p, std::unordered_map<int, memory> arguments, float *values) {
    memory caller = lent(weight, values);
    memory made = weight == p.weight ? caller : memory(p.weight, engine());
    arguments[DNNL_ARG_DIFF_WEIGHTS] = made;
    run(p, arguments);
    if (weight == p.weight) return;
    dnnl::reorder(made, caller).execute(stream, made, caller);
    stream.wait();
  }

  const memory::desc x, y, weight;  // as the caller has them

 private:
  dnnl::stream stream;
};

/// Runs each image of x [N, height, width, C] through a convolution into few channels, with zero
/// padding.
void run_kn2row(const ck_kn2row &convolution, int64_t batch, const float *x, int64_t height,
                int64_t width, int64_t channels, int64_t padding, float *y, int64_t y_floats) {
  const ck_map as_it_is{nullptr, nullptr, nullptr, 1, nullptr};
  for (int64_t n = 0; n < batch; n++)
    convolution.run(as_it_is, x + n * height * width * channels, static_cast<int>(height),
                    static_cast<int>(width), {static_cast<int>(padding), false}, y + n * y_floats);
}

/// oneDNN computes 16 channels where a image has 3.
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

}  // namespace

ck_status ck_convolution_forward(const ck_convolution_extents *shape, const float *x,
                                 const float *weight, const float *bias, float *y,
                                 ck_error *error) {
  return guarded(error, [&] {
    if (has_few_channels(*shape, shape->output)) return kn2row_forward(*shape, x, weight, bias, y);
    const auto p = find(*shape, bias != nullptr ? operation::biased : operation::forward);
    call c(*shape);
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, c.ordered(c.x, p->x, x)},
        {DNNL_ARG_WEIGHTS, c.ordered(c.weight, p->weight, weight)},
        {DNNL_ARG_DST, call::lent(p->y, y)}};
    if (bias != nullptr) arguments[DNNL_ARG_BIAS] = call::lent(layout(*shape).bias, bias);
    c.run(*p, arguments);
  });
}

ck_status ck_convolution_backward_data(const ck_convolution_extents *shape, const float *y,
                                       const float *weight, float *x, ck_error *error) {
  return guarded(error, [&] {
    if (has_few_channels(*shape, shape->input)) return kn2row_backward_data(*shape, y, weight, x);
    const auto p = find(*shape, operation::data);
    call c(*shape);
    c.run(*p, {{DNNL_ARG_DIFF_DST, c.ordered(c.y, p->y, y)},
               {DNNL_ARG_WEIGHTS, c.ordered(c.weight, p->weight, weight)},
               {DNNL_ARG_DIFF_SRC, call::lent(p->x, x)}});
  });
}

ck_status ck_convolution_backward_weights(const ck_convolution_extents *shape, const float *x,
                                          const float *y, float *weight, ck_error *error) {
  return guarded(error, [&] {
    if (has_few_channels(*shape, shape->output))
      return kn2row_backward_weights(*shape, x, y, weight);
    const auto p = find(*shape, operation::weight);
    call c(*shape);
    c.run(*p,
          {{DNNL_ARG_SRC, c.ordered(c.x, p->x, x)}, {DNNL_ARG_DIFF_DST, c.ordered(c.y, p->y, y)}},
          weight);
  });
}

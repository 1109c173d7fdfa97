#include <array>
#include <dnnl.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "CKernels.h"
#include "guard.h"

namespace {

using dnnl::memory;
const auto f32 = memory::data_type::f32;
const auto direct = dnnl::algorithm::convolution_direct;

const dnnl::engine &processor() {
  static const dnnl::engine once(dnnl::engine::kind::cpu, 0);
  return once;
}

/// The three tensors of a convolution as the caller has them, and in the order that is fastest.
struct layout {
  memory::desc x, weight, bias, y;
  memory::dims strides, before, after;

  layout(const ck_training_shape &s, memory::format_tag activations, memory::format_tag weights)
      : x({s.batch, s.input, s.height, s.width}, f32, activations),
        weight({s.output, s.input, s.kernel, s.kernel}, f32, weights),
        bias({s.output}, f32, memory::format_tag::x),
        y({s.batch, s.output, s.output_height, s.output_width}, f32, activations),
        strides{s.stride, s.stride},
        before{s.padding, s.padding},
        after{(s.output_height - 1) * s.stride + s.kernel - s.height - s.padding,
              (s.output_width - 1) * s.stride + s.kernel - s.width - s.padding} {}

  static layout given(const ck_training_shape &s) {
    return {s, memory::format_tag::nchw, memory::format_tag::oihw};
  }

  static layout fastest(const ck_training_shape &s) {
    return {s, memory::format_tag::any, memory::format_tag::any};
  }
};

/// A primitive, and the orders it wants its tensors in.
struct prepared {
  dnnl::primitive primitive;
  memory::desc x, weight, y, scratch;
};

/// Two threads may run one primitive if each brings its own scratch memory.
dnnl::primitive_attr attributes() {
  dnnl::primitive_attr made;
  made.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return made;
}

enum class operation { forward, biased, data, weight };

dnnl::convolution_forward::primitive_desc forward(const layout &l, bool biased) {
  using made = dnnl::convolution_forward::primitive_desc;
  const auto kind = dnnl::prop_kind::forward_training;
  if (biased)
    return made({kind, direct, l.x, l.weight, l.bias, l.y, l.strides, l.before, l.after},
                attributes(), processor());
  return made({kind, direct, l.x, l.weight, l.y, l.strides, l.before, l.after}, attributes(),
              processor());
}

prepared prepare(const ck_training_shape &shape, operation wanted) {
  const auto l = layout::fastest(shape);
  const auto hint = forward(l, wanted == operation::biased);
  if (wanted == operation::data) {
    const dnnl::convolution_backward_data::primitive_desc made(
        {direct, l.x, l.weight, l.y, l.strides, l.before, l.after}, attributes(), processor(),
        hint);
    return {dnnl::convolution_backward_data(made), made.diff_src_desc(), made.weights_desc(),
            made.diff_dst_desc(), made.scratchpad_desc()};
  }
  if (wanted == operation::weight) {
    const dnnl::convolution_backward_weights::primitive_desc made(
        {direct, l.x, l.weight, l.y, l.strides, l.before, l.after}, attributes(), processor(),
        hint);
    return {dnnl::convolution_backward_weights(made), made.src_desc(), made.diff_weights_desc(),
            made.diff_dst_desc(), made.scratchpad_desc()};
  }
  return {dnnl::convolution_forward(hint), hint.src_desc(), hint.weights_desc(), hint.dst_desc(),
          hint.scratchpad_desc()};
}

/// The primitive for a shape: a step asks for the same few over and over.
std::shared_ptr<const prepared> find(const ck_training_shape &s, operation wanted) {
  using key = std::array<int64_t, 11>;
  static std::map<key, std::shared_ptr<const prepared>> known;
  static std::mutex lock;
  const key k{s.batch,
              s.input,
              s.height,
              s.width,
              s.output,
              s.output_height,
              s.output_width,
              s.kernel,
              s.stride,
              s.padding,
              static_cast<int64_t>(wanted)};
  const std::lock_guard<std::mutex> held(lock);
  const auto found = known.find(k);
  if (found != known.end()) return found->second;
  // Pictures of every size must not fill the memory with primitives.
  if (known.size() >= 1024) known.clear();
  return known[k] = std::make_shared<const prepared>(prepare(s, wanted));
}

/// One call: its stream, and what it moves between the caller's order and the primitive's.
class call {
 public:
  call() : stream(processor()) {}

  memory input(const memory::desc &given, const memory::desc &wanted, const float *values) {
    memory caller(given, processor(), const_cast<float *>(values));
    if (given == wanted) return caller;
    memory ordered(wanted, processor());
    dnnl::reorder(caller, ordered).execute(stream, caller, ordered);
    return ordered;
  }

  /// Room for the result: the caller's own where the order is right.
  memory room(const memory::desc &given, const memory::desc &wanted, float *values) {
    return given == wanted ? memory(given, processor(), values) : memory(wanted, processor());
  }

  void finish(const prepared &p, std::unordered_map<int, memory> arguments, int result,
              const memory::desc &given, float *values) {
    arguments[DNNL_ARG_SCRATCHPAD] = memory(p.scratch, processor());
    p.primitive.execute(stream, arguments);
    memory &made = arguments.at(result);
    if (made.get_data_handle() != values) {
      memory caller(given, processor(), values);
      dnnl::reorder(made, caller).execute(stream, made, caller);
    }
    stream.wait();
  }

 private:
  dnnl::stream stream;
};

}  // namespace

ck_status ck_training_forward(const ck_training_shape *shape, const float *x, const float *weight,
                              const float *bias, float *y, ck_error *error) {
  return guarded(error, [&] {
    const auto given = layout::given(*shape);
    const auto p = find(*shape, bias != nullptr ? operation::biased : operation::forward);
    call c;
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, c.input(given.x, p->x, x)},
        {DNNL_ARG_WEIGHTS, c.input(given.weight, p->weight, weight)},
        {DNNL_ARG_DST, c.room(given.y, p->y, y)}};
    if (bias != nullptr) arguments[DNNL_ARG_BIAS] = c.input(given.bias, given.bias, bias);
    c.finish(*p, arguments, DNNL_ARG_DST, given.y, y);
  });
}

ck_status ck_training_data(const ck_training_shape *shape, const float *y, const float *weight,
                           float *x, ck_error *error) {
  return guarded(error, [&] {
    const auto given = layout::given(*shape);
    const auto p = find(*shape, operation::data);
    call c;
    c.finish(*p,
             {{DNNL_ARG_DIFF_DST, c.input(given.y, p->y, y)},
              {DNNL_ARG_WEIGHTS, c.input(given.weight, p->weight, weight)},
              {DNNL_ARG_DIFF_SRC, c.room(given.x, p->x, x)}},
             DNNL_ARG_DIFF_SRC, given.x, x);
  });
}

ck_status ck_training_weight(const ck_training_shape *shape, const float *x, const float *y,
                             float *weight, ck_error *error) {
  return guarded(error, [&] {
    const auto given = layout::given(*shape);
    const auto p = find(*shape, operation::weight);
    call c;
    c.finish(*p,
             {{DNNL_ARG_SRC, c.input(given.x, p->x, x)},
              {DNNL_ARG_DIFF_DST, c.input(given.y, p->y, y)},
              {DNNL_ARG_DIFF_WEIGHTS, c.room(given.weight, p->weight, weight)}},
             DNNL_ARG_DIFF_WEIGHTS, given.weight, weight);
  });
}

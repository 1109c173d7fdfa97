#include "training/bf16_convolution.h"

#include <algorithm>
#include <array>
#include <dnnl.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "memory.h"
#include "onednn.h"
#include "threads.h"
#include "training/sizes.h"

using namespace ck;
using dnnl::memory;

namespace {

const auto direct = dnnl::algorithm::convolution_direct;

// Strips of rows of all images, whose gradients are added in order, so that any number of threads
// gives the same bits; and the least rows of one.
constexpr int most_strips = 8, least_rows = 8;

/// Strips of one image.
std::vector<strip> strips(const convolution_sizes &s) {
  const int most = std::max(1, most_strips / s.batch);
  const int count = std::clamp(s.y_height / least_rows, 1, most);
  std::vector<strip> made;
  for (int i = 0; i < count; i++) {
    const int first = s.y_height * i / count, end = s.y_height * (i + 1) / count;
    made.push_back(strip_of(s.kernel, s.stride, s.padding, s.height, first, end - first));
  }
  return made;
}

/// A primitive for strips of one size, and what it wants its tensors to be.
struct prepared {
  dnnl::convolution_backward_weights primitive;
  memory::desc x, weight, y, scratch;
};

prepared prepare(const convolution_sizes &s, const strip &rows) {
  // The order of oneDNN's own is worth moving x and y into it: its gradient by the weights of a 3 x
  // 3 convolution at stride 2 takes 42 ms on [1, 256, 256, 64] as it is, and 14 ms so.
  const auto any = memory::format_tag::any;
  const memory::desc x({1, s.input, rows.x_rows, s.width}, bf16, any);
  const memory::desc y({1, s.output, rows.y_rows, s.y_width}, bf16, any);
  const memory::desc result({1, s.output, rows.y_rows, s.y_width}, f32, any);
  const memory::desc weight({s.output, s.input, s.kernel, s.kernel}, bf16, any);
  const memory::desc gradient({s.output, s.input, s.kernel, s.kernel}, f32, any);
  const memory::dims strides{s.stride, s.stride}, before{rows.before, s.padding};
  const memory::dims after{(rows.y_rows - 1) * s.stride + s.kernel - rows.x_rows - rows.before,
                           (s.y_width - 1) * s.stride + s.kernel - s.width - s.padding};
  const dnnl::convolution_forward::primitive_desc hint(
      {dnnl::prop_kind::forward_training, direct, x, weight, result, strides, before, after},
      with_own_scratchpad(), engine());
  const dnnl::convolution_backward_weights::primitive_desc made(
      {direct, x, gradient, y, strides, before, after}, with_own_scratchpad(), engine(), hint);
  return {dnnl::convolution_backward_weights(made), made.src_desc(), made.diff_weights_desc(),
          made.diff_dst_desc(), made.scratchpad_desc()};
}

/// The primitive for a strip: a step asks for the same few over and over.
std::shared_ptr<const prepared> find(const convolution_sizes &s, const strip &rows) {
  using key = std::array<int, 10>;
  static std::map<key, std::shared_ptr<const prepared>> known;
  static std::mutex lock;
  const key k{s.input,   rows.x_rows, s.width,  s.output,  rows.y_rows,
              s.y_width, s.kernel,    s.stride, s.padding, rows.before};
  const std::lock_guard<std::mutex> held(lock);
  const auto found = known.find(k);
  if (found != known.end()) return found->second;
  // Images of every size must not fill the memory with primitives.
  if (known.size() >= 256) known.clear();
  return known[k] = std::make_shared<const prepared>(prepare(s, rows));
}

/// One strip's gradient, [K, C, k, k].
void run(const convolution_sizes &s, int image, const strip &rows, const prepared &p,
         const float *x, const float *dy, float *dweight) {
  use_one_thread();
  dnnl::stream stream(engine());
  const auto ordered = [&](const memory::desc &given, const memory::desc &wanted,
                           const float *values) {
    memory caller(given, engine(), const_cast<float *>(values)), made(wanted, engine());
    dnnl::reorder(caller, made).execute(stream, caller, made);
    return made;
  };
  const size_t x_row = static_cast<size_t>(image) * s.height + rows.x_first;
  const size_t y_row = static_cast<size_t>(image) * s.y_height + rows.y_first;
  memory gradient(p.weight, engine());
  p.primitive.execute(
      stream, {{DNNL_ARG_SRC, ordered({{1, s.input, rows.x_rows, s.width}, f32, nhwc}, p.x,
                                      x + x_row * s.width * s.input)},
               {DNNL_ARG_DIFF_DST, ordered({{1, s.output, rows.y_rows, s.y_width}, f32, nhwc}, p.y,
                                           dy + y_row * s.y_width * s.output)},
               {DNNL_ARG_DIFF_WEIGHTS, gradient},
               {DNNL_ARG_SCRATCHPAD, memory(p.scratch, engine())}});
  memory result({{s.output, s.input, s.kernel, s.kernel}, f32, memory::format_tag::oihw}, engine(),
                dweight);
  dnnl::reorder(gradient, result).execute(stream, gradient, result);
  stream.wait();
}

}  // namespace

void ck::bf16_backward_weights(const ck_convolution_extents &extents, const float *x,
                               const float *dy, float *dweight) {
  use_one_thread();
  const convolution_sizes s(extents);
  const std::vector<strip> cut = strips(s);
  std::vector<std::shared_ptr<const prepared>> kept;
  for (const strip &rows : cut) kept.push_back(find(s, rows));
  const int strips = static_cast<int>(cut.size()), all = s.batch * strips;
  const size_t count = static_cast<size_t>(s.output) * s.input * s.taps();
  const floats parts = floats_of(all * count);
  in_parallel(all, [&](int i) {
    run(s, i / strips, cut[i % strips], *kept[i % strips], x, dy, parts.get() + i * count);
  });
  constexpr size_t share = size_t{1} << 14;
  in_parallel(static_cast<int>((count + share - 1) / share), [&](int i) {
    for (size_t j = i * share; j < std::min(count, (i + 1) * share); j++) {
      float sum = 0;
      for (int part = 0; part < all; part++) sum += parts[part * count + j];
      dweight[j] = sum;
    }
  });
}

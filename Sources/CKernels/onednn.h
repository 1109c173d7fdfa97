/// What both uses of oneDNN share.
#pragma once
#include <dnnl.hpp>

namespace ck {

/// The processor.
const dnnl::engine &engine();

constexpr auto f32 = dnnl::memory::data_type::f32;
constexpr auto bf16 = dnnl::memory::data_type::bf16;
constexpr auto nhwc = dnnl::memory::format_tag::nhwc;

/// Rows of a convolution's output, and the rows of its input that they come from.
struct strip {
  int y_first, y_rows;
  int x_first, x_rows;
  int before;  // padding before these rows of the input, px
};

/// The strip of some rows of the output of a convolution that is not transposed.
strip strip_of(int kernel, int stride, int padding, int height, int y_first, int y_rows);

/// Attributes of a primitive that several threads may run, each with scratch memory of its own.
dnnl::primitive_attr with_own_scratchpad();

/// Lets oneDNN work on the calling thread alone from now on: regions of our own deal out the work,
/// and threads of OpenMP, which Debian's oneDNN has, would keep a processor busy at every barrier.
void use_one_thread();

/// The floats that hold as many bytes, in whole cache lines.
inline size_t whole_lines(size_t bytes) { return (bytes + 63) / 64 * 16; }

}  // namespace ck

/// What both uses of oneDNN share.
#pragma once
#include <dnnl.hpp>

namespace ck {

/// The processor.
const dnnl::engine &engine();

/// Attributes of a primitive that several threads may run, each with scratch memory of its own.
dnnl::primitive_attr with_own_scratchpad();

/// Lets oneDNN work on the calling thread alone from now on: regions of our own deal out the work,
/// and threads of OpenMP, which Debian's oneDNN has, would keep a processor busy at every barrier.
void use_one_thread();

/// The floats that hold as many bytes, in whole cache lines.
inline size_t whole_lines(size_t bytes) { return (bytes + 63) / 64 * 16; }

}  // namespace ck

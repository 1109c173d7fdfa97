/// What both uses of oneDNN share.
#pragma once
#include <dnnl.hpp>

namespace ck {

/// The processor.
const dnnl::engine &engine();

/// Attributes of a primitive that several threads may run, each with scratch memory of its own.
dnnl::primitive_attr with_own_scratchpad();

}  // namespace ck

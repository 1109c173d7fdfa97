/// Floats at a cache line's boundary.
#pragma once
#include <memory>
#include <new>

#include "CKernels.h"

namespace ck {

/// Four floats at any address.
typedef float four __attribute__((vector_size(16), aligned(4)));

struct floats_free {
  void operator()(float *floats) const { ck_floats_free(floats); }
};

/// Floats at a cache line's boundary, freed with their owner.
using floats = std::unique_ptr<float[], floats_free>;

/// Allocates floats without clearing them. Throws std::bad_alloc.
inline floats floats_of(size_t count) {
  floats made(ck_floats_alloc(count));
  if (!made) throw std::bad_alloc();
  return made;
}

/// At least `count` floats that the calling thread keeps from call to call, not cleared; a kernel
/// takes them before it goes parallel and deals them out. Throws std::bad_alloc.
float *scratch_floats(size_t count);

}  // namespace ck

/// Reflection padding, as PyTorch's ReflectionPad2d: the edge itself is not repeated.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace ck {

/// The index of the pixel in a row of `length` that reflection padding shows at `i`, however far
/// outside.
inline int reflected(int i, int length) {
  if (i >= 0 && i < length) return i;
  if (length == 1) return 0;
  const int period = 2 * (length - 1), within = std::abs(i) % period;
  return within < length ? within : period - within;
}

/// Fills `padding` items on either side of `length` items of `size` floats; `padded` is the first
/// of all.
inline void reflect(float *padded, int length, int padding, size_t size) {
  float *first = padded + padding * size;
  const auto fill = [&](int i) {
    std::memcpy(first + static_cast<ptrdiff_t>(i) * static_cast<ptrdiff_t>(size),
                first + reflected(i, length) * size, size * sizeof(float));
  };
  for (int i = 1; i <= padding; i++) {
    fill(-i);
    fill(length - 1 + i);
  }
}

}  // namespace ck

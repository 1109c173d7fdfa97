#pragma once
#include <cstddef>

#include "CKernels.h"

namespace ck {

/// The extents of a convolution, as kernels count.
struct convolution_sizes {
  explicit convolution_sizes(const ck_convolution_extents &s)
      : batch(static_cast<int>(s.batch)),
        input(static_cast<int>(s.input)),
        height(static_cast<int>(s.height)),
        width(static_cast<int>(s.width)),
        output(static_cast<int>(s.output)),
        y_height(static_cast<int>(s.output_height)),
        y_width(static_cast<int>(s.output_width)),
        kernel(static_cast<int>(s.kernel)),
        stride(static_cast<int>(s.stride)),
        padding(static_cast<int>(s.padding)) {}

  /// Elements of a kernel.
  size_t taps() const { return static_cast<size_t>(kernel) * kernel; }

  const int batch, input, height, width;  // x
  const int output, y_height, y_width;    // y
  const int kernel, stride, padding;      // px
};

}  // namespace ck

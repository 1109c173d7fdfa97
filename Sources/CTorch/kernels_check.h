/// Status of CKernels as LibTorch's exceptions.
#pragma once
#include <CKernels.h>
#include <torch/torch.h>

#include <new>

namespace ct {

/// Throws where a kernel failed.
inline void check(ck_status status, const ck_error &error) {
  if (status == CK_OUT_OF_MEMORY) throw std::bad_alloc();
  TORCH_CHECK(status == CK_OK, "oneDNN: ", error.message);
}

}  // namespace ct

/// The one place where exceptions end.
#pragma once
#include <CKernels.h>
#include <torch/torch.h>

#include <cstring>
#include <new>
#include <string>

#include "CTorch.h"

namespace ct {

/// Writes the first line of `reason` into the caller's buffer.
inline ct_status fail(ct_error *error, ct_status status, const char *reason) noexcept {
  if (error != nullptr) {
    size_t length = std::strcspn(reason, "\n");
    if (length >= sizeof error->message) length = sizeof error->message - 1;
    std::memcpy(error->message, reason, length);
    error->message[length] = 0;
  }
  return status;
}

/// LibTorch reports a full host as a plain error, so its words have to do.
inline bool is_out_of_memory(const char *reason) noexcept {
  return std::strstr(reason, "out of memory") != nullptr ||
         std::strstr(reason, "can't allocate memory") != nullptr ||
         std::strstr(reason, "not enough memory") != nullptr ||
         std::strstr(reason, "could not create a memory object") != nullptr;
}

/// Runs `body`; no exception leaves it.
template <typename Body>
ct_status guarded(ct_error *error, Body body) noexcept {
  try {
    body();
    return CT_OK;
  } catch (const c10::Error &thrown) {
    const char *reason = thrown.what_without_backtrace();
    return fail(error, is_out_of_memory(reason) ? CT_OUT_OF_MEMORY : CT_FAILED, reason);
  } catch (const std::bad_alloc &) {
    return fail(error, CT_OUT_OF_MEMORY, "the host is out of memory");
  } catch (const std::exception &thrown) {
    return fail(error, is_out_of_memory(thrown.what()) ? CT_OUT_OF_MEMORY : CT_FAILED,
                thrown.what());
  } catch (...) {
    return fail(error, CT_FAILED, "unknown C++ exception");
  }
}

/// Throws where a kernel of CKernels failed.
inline void check(ck_status status, const ck_error &error) {
  if (status == CK_OUT_OF_MEMORY) throw std::bad_alloc();
  TORCH_CHECK(status == CK_OK, "a kernel failed: ", error.message);
}

}  // namespace ct

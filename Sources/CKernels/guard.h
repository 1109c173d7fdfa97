/// The one place where exceptions end.
#pragma once
#include <cstdio>
#include <dnnl.hpp>
#include <exception>
#include <new>

#include "CKernels.h"

namespace ck {

inline ck_status fail(ck_error *error, ck_status status, const char *reason) noexcept {
  std::snprintf(error->message, sizeof error->message, "%s", reason);
  return status;
}

/// Runs `body`; no exception leaves it.
template <typename Body>
ck_status guarded(ck_error *error, Body body) noexcept {
  try {
    body();
    return CK_OK;
  } catch (const std::bad_alloc &) {
    return fail(error, CK_OUT_OF_MEMORY, "out of memory");
  } catch (const dnnl::error &thrown) {
    const bool is_short = thrown.status == dnnl_out_of_memory;
    return fail(error, is_short ? CK_OUT_OF_MEMORY : CK_FAILED, thrown.what());
  } catch (const std::exception &thrown) {
    return fail(error, CK_FAILED, thrown.what());
  } catch (...) {
    return fail(error, CK_FAILED, "unknown C++ exception");
  }
}

}  // namespace ck

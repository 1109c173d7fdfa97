/// The processors that this process may use.
#pragma once

namespace ck {

/// What OMP_NUM_THREADS says, or else the processors of the affinity mask, or fewer where the
/// process's control groups (version 1 or 2) have a quota of processor time; at least 1.
int threads_by_default();

}  // namespace ck

#include "processors.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "CKernels.h"

namespace {

constexpr double unlimited = std::numeric_limits<double>::infinity();

/// The processors of the affinity mask, however many the machine has.
int allowed_processors() {
  for (size_t most = CPU_SETSIZE; most <= size_t{1} << 20; most *= 2) {
    cpu_set_t *set = CPU_ALLOC(most);
    if (!set) break;
    const size_t size = CPU_ALLOC_SIZE(most);
    const bool known = sched_getaffinity(0, size, set) == 0;
    const int count = known ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (known) return count;
  }
  return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
}

/// Processors that a group's two numbers allow, in microseconds: a quota, or "max" or -1, and the
/// period that it is for.
double processors(const std::string &quota, const std::string &period) {
  const double share = std::atof(quota.c_str()), of = std::atof(period.c_str());
  return share > 0 && of > 0 ? share / of : unlimited;
}

std::vector<std::string> words(const std::string &path) {
  std::ifstream file(path);
  std::vector<std::string> found;
  for (std::string word; file >> word;) found.push_back(word);
  return found;
}

/// The least that a group, or one that it lies in, allows.
double group_quota(const std::string &root, std::string group, bool is_version_2) {
  double least = unlimited;
  for (;;) {
    const std::string folder = root + group + "/";
    if (is_version_2) {
      const auto both = words(folder + "cpu.max");
      if (both.size() == 2) least = std::min(least, processors(both[0], both[1]));
    } else {
      const auto quota = words(folder + "cpu.cfs_quota_us");
      const auto period = words(folder + "cpu.cfs_period_us");
      if (quota.size() == 1 && period.size() == 1)
        least = std::min(least, processors(quota[0], period[0]));
    }
    if (group.empty() || group == "/") return least;
    const size_t slash = group.find_last_of('/');
    group.resize(slash == std::string::npos ? 0 : slash);
  }
}

/// The least quota of all control groups of this process.
///
/// Inside of a container the paths of /proc/self/cgroup may be the host's, and its own group is the
/// root of the mounted tree: walking up ends there in any case.
double quota(const std::string &groups, const std::string &mounts) {
  double least = unlimited;
  std::ifstream file(groups);
  for (std::string line; std::getline(file, line);) {
    // ID:controllers:/path
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty())
      least = std::min(least, group_quota(mounts, group, true));
    else if (("," + controllers + ",").find(",cpu,") != std::string::npos)
      least = std::min(least, group_quota(mounts + "/cpu", group, false));
  }
  return least;
}

}  // namespace

int ck::threads_by_default() {
  const char *wanted = std::getenv("OMP_NUM_THREADS");
  if (wanted && std::atoi(wanted) > 0) return std::min(std::atoi(wanted), 1024);
  return ck_processors_within(std::clamp(allowed_processors(), 1, 1024), "/proc/self/cgroup",
                              "/sys/fs/cgroup");
}

int ck_processors_within(int allowed, const char *groups, const char *mounts) {
  // A quota of one and a half processors is worth a second thread.
  const double least = std::ceil(quota(groups, mounts));
  return static_cast<int>(std::clamp(least, 1.0, static_cast<double>(allowed)));
}

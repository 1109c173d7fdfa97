import CycleGAN
import Glibc

/// The memory that this process may use.
package enum MachineMemory {
  /// All of the machine's, or what a control group leaves of it, as a container or a batch job has
  /// one; bytes.
  package static var bytes: Int {
    let physical = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    let limit = limit(groups: FilePath("/proc/self/cgroup"), root: FilePath("/sys/fs/cgroup"))
    return min(physical, limit ?? physical)
  }

  /// Finds the smallest limit of the process's control group and of those that it is in.
  ///
  /// - Parameters:
  ///   - groups: The file that names the process's groups.
  ///   - root: The folder of all groups.
  /// - Returns: Bytes; nil where there is no limit.
  ///
  /// Source: cgroups(7); `memory.max` of version 2, `memory.limit_in_bytes` of version 1.
  static func limit(groups: FilePath, root: FilePath) -> Int? {
    var limits: [Int] = []
    for line in text(of: groups).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isNew = parts[0] == "0" && parts[1].isEmpty
      guard isNew || parts[1].split(separator: ",").contains("memory") else { continue }
      let top = isNew ? root : root.appending("memory")
      let name = isNew ? "memory.max" : "memory.limit_in_bytes"
      // Within a container the path may be the host's, and only the top is there.
      var folders = [top]
      for part in parts[2].split(separator: "/") {
        folders.append(folders[folders.count - 1].appending(String(part)))
      }
      limits += folders.compactMap { Int(text(of: $0.appending(name)).prefix { $0.isNumber }) }
    }
    return limits.min()
  }

  /// What a small file says; nothing where it cannot be read, which limits nothing.
  private static func text(of path: FilePath) -> String {
    String(decoding: (try? ByteReader(path).readAll(limit: 1 << 16)) ?? [], as: UTF8.self)
  }
}

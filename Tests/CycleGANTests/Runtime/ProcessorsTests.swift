import CKernels
import Foundation
import Testing

@testable import CycleGAN

/// How many threads a control group's quota leaves.
@Suite struct ProcessorsTests {
  /// The file that names a process's groups, files of the groups, and processors of eight.
  static let cases: [(groups: String, files: [String: String], expected: Int32)] = [
    ("0::/\n", [:], 8),
    ("0::/a/b\n", ["a/b/cpu.max": "max 100000\n"], 8),
    ("0::/a/b\n", ["a/b/cpu.max": "100000 100000\n"], 1),
    ("0::/a/b\n", ["a/b/cpu.max": "150000 100000\n"], 2),
    ("0::/a/b\n", ["a/b/cpu.max": "5000 100000\n"], 1),
    ("0::/a/b\n", ["a/cpu.max": "300000 100000\n", "a/b/cpu.max": "max 100000\n"], 3),
    ("0::/a/b\n", ["cpu.max": "400000 100000\n", "a/b/cpu.max": "600000 100000\n"], 4),
    ("0::/\n", ["cpu.max": "200000 100000\n"], 2),
    ("0::/../outside\n", ["cpu.max": "200000 100000\n"], 2),
    ("0::/a\n", ["a/cpu.max": "9900000 100000\n"], 8),
    ("0::/a\n", ["a/cpu.max": "\n"], 8),
    ("0::/a\n", ["a/cpu.max": "x y\n"], 8),
    ("no group\n", [:], 8),
    ("0::a\n", ["cpu.max": "200000 100000\n"], 2),
    ("", [:], 8),
    (
      "4:memory:/m\n3:cpu,cpuacct:/c\n1:name=systemd:/s\n",
      ["cpu/c/cpu.cfs_quota_us": "250000\n", "cpu/c/cpu.cfs_period_us": "100000\n"], 3
    ),
    (
      "3:cpu:/host/path\n",
      ["cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"], 1
    ),
    (
      "3:cpu:/c\n", ["cpu/c/cpu.cfs_quota_us": "-1\n", "cpu/c/cpu.cfs_period_us": "100000\n"], 8
    ),
    (
      "3:cpuset:/c\n",
      ["cpu/c/cpu.cfs_quota_us": "100000\n", "cpu/c/cpu.cfs_period_us": "100000\n"], 8
    ),
  ]

  @Test(arguments: cases.indices)
  func `threads follow the least quota of the groups that a process is in`(index: Int) throws {
    let (groups, files, expected) = Self.cases[index]
    let folder = URL(filePath: NSTemporaryDirectory()).appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let mounts = folder.appending(path: "mounts")
    for (name, text) in files {
      let file = mounts.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    try FileManager.default.createDirectory(at: mounts, withIntermediateDirectories: true)
    let list = folder.appending(path: "cgroup")
    try groups.write(to: list, atomically: false, encoding: .utf8)
    #expect(ck_processors_within(8, list.path, mounts.path) == expected)
  }
}

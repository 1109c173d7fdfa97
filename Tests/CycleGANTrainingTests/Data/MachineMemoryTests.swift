import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

@Suite struct MachineMemoryTests {
  @Test(
    arguments: [
      (
        "0::/a/b\n", ["memory.max": "max\n", "a/memory.max": "4096\n", "a/b/memory.max": "max\n"],
        4096
      ),
      ("0::/a/b\n", ["a/memory.max": "9999\n", "a/b/memory.max": "700\n"], 700),
      // A container that sees the host's path.
      ("0::/docker/1\n", ["memory.max": "5000\n"], 5000),
      (
        "3:cpu:/x\n2:memory,hugetlb:/x\n0::/\n",
        ["memory/memory.limit_in_bytes": "9000\n", "memory/x/memory.limit_in_bytes": "800\n"], 800
      ),
      ("0::/\n", [:], nil), ("", ["memory.max": "1\n"], nil),
      ("0::/a\n", ["a/memory.max": "max\n"], nil),
    ] as [(String, [String: String], Int?)])
  func `the smallest limit of all groups counts`(
    groups: String, files: [String: String], limit: Int?
  ) throws {
    let folder = try TemporaryFolder()
    for (name, text) in files {
      let path = folder.path.appending(name)
      try FileManager.default.createDirectory(
        atPath: path.directory.string, withIntermediateDirectories: true)
      try AtomicFile.write(Array(text.utf8), to: path)
    }
    let list = folder.path.appending("groups")
    try AtomicFile.write(Array(groups.utf8), to: list)
    #expect(MachineMemory.limit(groups: list, root: folder.path) == limit)
  }

  @Test func `this machine has some`() { #expect(MachineMemory.bytes > 1 << 26) }
}

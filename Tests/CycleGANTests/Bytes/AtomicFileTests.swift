import CycleGAN
import Foundation
import Testing

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder
  var file: FilePath { folder.path.appending("a.bin") }

  init() throws { folder = try TemporaryFolder() }

  func content(_ path: FilePath) throws -> [UInt8] { Array(try ByteReader(path).readAll()) }

  @Test(arguments: [false, true])
  func `a file is made and replaced, and nothing is left beside it`(synchronized: Bool) throws {
    for bytes in [[1, 2, 3], [], [4]] as [[UInt8]] {
      try AtomicFile.write(bytes, to: file, synchronized: synchronized)
      #expect(try content(file) == bytes)
    }
    #expect(try folder.names == ["a.bin"])
  }

  @Test func `a failure in the middle leaves the old file and no temporary one`() throws {
    try AtomicFile.write([1], to: file)
    #expect(throws: SystemError(code: ENOSPC)) {
      try AtomicFile.write(to: file) { writer throws(SystemError) in
        try writer.write([2, 3])
        throw SystemError(code: ENOSPC)
      }
    }
    #expect(try content(file) == [1])
    #expect(try folder.names == ["a.bin"])
  }

  @Test func `a link is followed, even to a file that is still to be made`() throws {
    let link = folder.path.appending("link")
    try FileManager.default.createSymbolicLink(
      atPath: link.string, withDestinationPath: "a.bin")
    for bytes in [[1], [2]] as [[UInt8]] {
      try AtomicFile.write(bytes, to: link)
      #expect(try content(file) == bytes)
    }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.string) == "a.bin")
  }

  @Test func `a link to itself is an error`() throws {
    try FileManager.default.createSymbolicLink(
      atPath: file.string, withDestinationPath: "a.bin")
    #expect(throws: SystemError(code: ELOOP)) { try AtomicFile.write([1], to: file) }
  }

  @Test func `a device is written straight`() throws {
    try AtomicFile.write([1], to: FilePath("/dev/null"))
    #expect(FileManager.default.fileExists(atPath: "/dev/null"))
    #expect(throws: SystemError(code: ENOSPC)) {
      try AtomicFile.write([1], to: FilePath("/dev/full"))
    }
  }

  @Test func `a folder is no file, and a folder that is not there is an error`() throws {
    #expect(throws: SystemError(code: EISDIR)) { try AtomicFile.write([1], to: folder.path) }
    #expect(throws: SystemError(code: ENOENT)) {
      try AtomicFile.write([1], to: folder.path.appending("no/a.bin"))
    }
  }

  @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
  func `a folder that cannot be written is an error and stays as it is`() throws {
    chmod(folder.path.string, 0o500)
    defer { chmod(folder.path.string, 0o700) }
    #expect(throws: SystemError(code: EACCES)) { try AtomicFile.write([1], to: file) }
    #expect(try folder.names.isEmpty)
  }

  @Test func `the permissions of a file that is replaced stay`() throws {
    try AtomicFile.write([1], to: file)
    chmod(file.string, 0o640)
    try AtomicFile.write([2], to: file)
    let attributes = try FileManager.default.attributesOfItem(atPath: file.string)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func `a name of 255 bytes has room for its temporary file`() throws {
    let long = folder.path.appending(String(repeating: "n", count: 255))
    try AtomicFile.write([1], to: long)
    #expect(try content(long) == [1])
  }
}

import Testing

@testable import CycleGAN

@Suite struct PathListReaderTests {
  /// Reads a list to its end.
  func paths(_ bytes: [UInt8], isNull: Bool = false) throws -> [FilePath] {
    let reader = PathListReader(
      try MemoryPipe.reader(of: bytes), name: "list", separator: isNull ? .null : .lineFeed,
      nullOption: "-0")
    var paths: [FilePath] = []
    while let path = try reader.next() { paths.append(path) }
    #expect(try reader.next() == nil)
    return paths
  }

  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\na\n\n\nb\n\n", ["a", "b"]),
    (" a \n\t\n", [" a ", "\t"]), ("\"a\"\n'b'\n*\\\n", ["\"a\"", "'b'", "*\\"]),
    ("a\r\n", ["a\r"]),
  ])
  func `a line is a path, byte for byte`(text: String, expected: [String]) throws {
    #expect(try paths(Array(text.utf8)) == expected.map { FilePath($0) })
    let nulls = text.utf8.map { $0 == 0x0A ? 0 : $0 }
    #expect(try paths(nulls, isNull: true) == expected.map { FilePath($0) })
  }

  @Test func `with -0 a line feed is a part of a name, and bytes need not be UTF-8`() throws {
    #expect(
      try paths([0x61, 0x0A, 0x62, 0, 0xFF, 0], isNull: true) == [
        FilePath("a\nb"), FilePath(bytes: [0xFF]),
      ])
  }

  @Test func `a list across many reads is the same list`() throws {
    let lines = (0..<6000).map { "photos/\($0).jpg" }
    #expect(
      try paths(Array(lines.prefix(3000).joined(separator: "\n").utf8))
        == lines.prefix(3000).map { FilePath($0) })
  }

  @Test func `a NUL without -0 is wrong usage, after the paths before it`() throws {
    let reader = PathListReader(
      try MemoryPipe.reader(of: Array("a\nb\0c\0".utf8)), name: "list", separator: .lineFeed,
      nullOption: "--files0-from")
    #expect(try reader.next() == FilePath("a"))
    let error = #expect(throws: ToolError.self) { try reader.next() }
    #expect(error?.status == .usage)
    #expect(error?.description.contains("did you mean --files0-from?") == true)
  }

  @Test(arguments: [("a\nb\n", ["a", "b"]), ("a\nb\0c\0", ["a\nb", "c"]), ("", []), ("a", ["a"])])
  func `a separator that is detected is NUL where there is one`(
    text: String, expected: [String]
  ) throws {
    let reader = PathListReader(
      try MemoryPipe.reader(of: Array(text.utf8)), name: "list", separator: .detected,
      nullOption: "-0")
    var paths: [FilePath] = []
    while let path = try reader.next() { paths.append(path) }
    #expect(paths == expected.map { FilePath($0) })
  }
}

import Testing

@testable import CycleGAN

/// Paths on their way from the command line to outputs.
@Suite struct NameTests {
  static let arguments: [[UInt8]] = [
    [], Array("photo.jpg".utf8), Array("ö/日本 🖼".utf8), [0xFF], [0x61, 0xE9, 0x62],
    [0xF4, 0x8F, 0xBC, 0x80], Array(1...255), [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x96],
    Array("\u{10FF80}".utf8) + [0x80], Array("\r\n".utf8), Array("e\u{301}".utf8),
  ]

  @Test(arguments: arguments)
  func `an argument keeps every byte`(bytes: [UInt8]) {
    let text = CommandLineArguments.encoded(bytes)
    #expect(CommandLineArguments.decoded(text) == bytes)
    #expect(FilePath(argument: text)?.bytes == bytes)
  }

  @Test(
    arguments: [
      ("a.jpg", nil, "a.jpg"), ("a.JPG", nil, "a.JPG"), ("a.jpeg", .image(.jpeg), "a.jpeg"),
      ("a.jpg", .image(.png), "a.png"), ("a.tar.png", .image(.jpeg), "a.tar.jpg"),
      ("a", nil, "a.png"), ("a.txt", nil, "a.txt.png"), ("a.tiff", nil, "a.png"),
      ("a.pgm", nil, "a.ppm"), ("a.pnm", nil, "a.pnm"), ("a.npy", nil, "a.png"),
      ("a.npys", .npy, "a.npy"), ("a.v2", .image(.webp), "a.v2.webp"),
      (".hidden", nil, ".hidden.png"),
      ("/abs/b.png", nil, "abs/b.png"), ("//abs//b.png", nil, "abs/b.png"),
      ("./x/./b.png", nil, "x/b.png"), ("000001", nil, "000001.png"),
      ("..a/b..png", nil, "..a/b..png"),
    ] as [(String, OutputFormat?, String)])
  func `an output mirrors its input's name`(
    name: String, format: OutputFormat?, output: String
  ) throws {
    #expect(try FilePath(name).mirrored(format).0 == FilePath(output))
  }

  @Test(arguments: ["..", "../a.png", "a/../b.png", "a/..", "", "/", ".", "./."])
  func `a name that leads out of the folder or to nothing has no output`(name: String) {
    #expect(throws: InputFailure.self) { try FilePath(name).mirrored(nil) }
  }

  @Test(arguments: [
    ("a.png", "a.png"), ("a b", #"a\ b"#), ("a#b", "a\\#b"), ("$(x)", "$$(x)"), ("a:b", #"a\:b"#),
    (#"a\b"#, #"a\b"#), (#"a\ b"#, #"a\\\ b"#), (#"a\\ b"#, #"a\\\\\ b"#), ("a  b", #"a\ \ b"#),
    ("a\tb", "a\\\tb"), ("ö", "ö"),
  ])
  func `a depfile escapes what make would read otherwise`(name: String, escaped: String) {
    #expect(Depfile.escaped(FilePath(name)) == Array(escaped.utf8))
  }

  @Test(
    arguments: [
      (0, 3, "0.000"), (1.0005, 3, "1.001"), (-0.0004, 3, "0.000"), (-0.0006, 3, "-0.001"),
      (12.5, 0, "13"), (0.999_999_9, 6, "1.000000"), (.infinity, 3, "inf"), (-.infinity, 3, "-inf"),
      (.nan, 3, "nan"), (123_456_789, 2, "123456789.00"), (1e300, 3, "1e+300"), (0.05, 1, "0.1"),
    ] as [(Double, Int, String)])
  func `a number has as many digits as asked for`(number: Double, digits: Int, text: String) {
    #expect(fixed(number, digits) == text)
  }
}

import CycleGAN
import Testing

@Suite struct FilePathTests {
  @Test(arguments: [
    ("photos/a.jpg", "a.jpg", "photos", "jpg", "a"), ("a", "a", ".", "", "a"),
    ("/a", "a", "/", "", "a"), ("/", "/", "/", "", "/"), ("a/b//", "b", "a", "", "b"),
    ("a//b.tar.gz", "b.tar.gz", "a", "gz", "b.tar"), ("x/.hidden", ".hidden", "x", "", ".hidden"),
    ("a.d/b", "b", "a.d", "", "b"), ("b.", "b.", ".", "", "b"),
  ])
  func `a path comes apart`(
    path: String, name: String, folder: String, fileExtension: String, stem: String
  ) {
    let path = FilePath(path)
    #expect(path.lastComponent.string == name)
    #expect(path.directory.string == folder)
    #expect(path.fileExtension == fileExtension)
    #expect(path.stem.string == stem)
  }

  @Test(arguments: [
    ("photos/a.jpg", "png", "photos/a.png"), ("a", "png", "a.png"), ("a.d/b", "png", "a.d/b.png"),
    ("a.jpg", "", "a"), (".hidden", "png", ".hidden.png"),
  ])
  func `an extension is replaced`(path: String, fileExtension: String, result: String) {
    #expect(FilePath(path).replacingExtension(with: fileExtension).string == result)
  }

  @Test(arguments: [
    ("out", "a", "out/a"), ("out/", "a", "out/a"), ("out", "/a/b", "out/a/b"), ("", "a", "a"),
    ("/", "a", "/a"),
  ])
  func `paths are joined with one slash`(folder: String, name: String, result: String) {
    #expect(FilePath(folder).appending(name).string == result)
  }

  @Test(
    arguments: [
      ([0x61, 0x0A, 0x62], #"a\nb"#), ([0x1B, 0x5B, 0x33, 0x31, 0x6D], #"\x1b[31m"#),
      ([0x61, 0xFF, 0x62], #"a\xffb"#), ([0xE2, 0x82], #"\xe2\x82"#), ([0x5C], #"\\"#),
      ([0xC3, 0xB6, 0x20, 0x2E], "ö ."), ([0xE2, 0x80, 0xAE], #"\xe2\x80\xae"#),
      ([0xC2, 0x9B], #"\xc2\x9b"#), ([0x7F, 0x09, 0x0D], #"\x7f\t\r"#),
    ] as [([UInt8], String)])
  func `no name can forge a line or reach the terminal`(bytes: [UInt8], escaped: String) {
    #expect(FilePath(bytes: bytes).escaped == escaped)
  }

  @Test func `bytes that are not UTF-8 are kept`() {
    let path = FilePath(bytes: [0x66, 0xE9, 0x2E, 0x6A])
    #expect(path.appending("x").bytes == [0x66, 0xE9, 0x2E, 0x6A, 0x2F, 0x78])
    #expect(!path.isText)
  }
}

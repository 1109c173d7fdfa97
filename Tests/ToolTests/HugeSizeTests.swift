import CycleGAN
import Testing

/// Headers that claim sizes nobody has, where every limit is lifted.
@Suite struct HugeSizeTests {
  static let headers: [String] =
    ["P1", "P2", "P3", "P4", "P5", "P6"].flatMap { kind in
      let maximums = kind == "P1" || kind == "P4" ? [""] : ["255", "65535"]
      return ["2147483647 2147483647", "2147483647 1", "1 2147483647", "1500000000 300000000"]
        .flatMap { size in maximums.map { "\(kind)\\n\(size)\\n\($0)\\n1 " } }
    }
    + ["PF", "Pf"].map { "\($0)\\n2147483647 2147483647\\n-1\\nabcd" }
    + [1, 2, 3, 4].map {
      "P7\\nWIDTH 2147483647\\nHEIGHT 2147483647\\nDEPTH \($0)\\nMAXVAL 65535\\nENDHDR\\nx"
    }

  @Test(arguments: ["error", "none"])
  func `no size in a header is too large to be refused`(policy: String) throws {
    let shell = try Filter.shell()
    for (i, header) in Self.headers.enumerated() {
      _ = try shell("printf '\(header)' > huge\(i).ppm")
    }
    for type: UInt8 in [0, 2, 6] {
      for interlace: UInt8 in [0, 1] {
        let header: [UInt8] = [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 16, type, 0, 0]
        var png: [UInt8] = [0x89] + Array("PNG\r\n\u{1A}\n".utf8)
        for (name, content) in [("IHDR", header + [interlace]), ("IDAT", [0x78]), ("IEND", [])] {
          png.append(UInt32(content.count), .bigEndian)
          png += Array(name.utf8) + content
          png.append(crc32(Array(name.utf8) + content), .bigEndian)
        }
        try shell.write(png, to: "huge-\(type)-\(interlace).png")
      }
    }
    try shell.copyFixture("jpeg-65500x65500.jpg", to: "huge.jpg")
    let canvas: [UInt8] = [10, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255]
    try shell.write(
      Array("RIFF".utf8) + [22, 0, 0, 0] + Array("WEBPVP8X".utf8) + canvas, to: "huge.webp")
    let outcome = try shell(
      """
      cg-prep --fail-on \(policy) --max-pixels unlimited --max-side unlimited --max-bytes unlimited \
        --max-memory 1000000000 -o out/ whole.png huge* p/0.ppm
      """)
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.output.contains("out/whole.png\n"))
    #expect(outcome.output.contains("out/p/0.ppm\n"))
  }

  @Test(arguments: [
    (NPY.Element.uint8, [3_037_000_500, 3_037_000_500, 3]), (.uint8, [.max, 1, 3]),
    (.uint8, [.max, .max, 1]), (.float32, [3, .max / 3, 1]), (.float32, [1, 1 << 31, 1 << 31]),
    (.float32, [3, 1 << 30, 1 << 20]),
  ])
  func `no size of a frame is too large to be refused`(
    element: NPY.Element, shape: [Int]
  ) throws {
    let shell = try Filter.shell()
    try shell.write(NPY.header(element, shape: shape) + [1, 2, 3], to: "huge.npy")
    let outcome = try shell(
      """
      cg-prep --max-pixels unlimited --max-side unlimited --max-bytes unlimited -o out/ \
        whole.png huge.npy p/0.ppm
      """)
    #expect(outcome.status == 1 || outcome.status == 65, "\(outcome.errors)")
    #expect(outcome.output.contains("out/p/0.ppm\n"))
  }
}

import CycleGAN
import Testing

@Suite struct DecodingLimitTests {
  static let bombs: [(String, String)] = [
    ("png-60000x60000.png", "60000 x 60000 pixels; the limit is 32768 per side, see --max-side"),
    ("jpeg-65500x65500.jpg", "65500 x 65500 pixels; the limit is 32768 per side, see --max-side"),
    (
      "webp-16383x16383.webp",
      "16383 x 16383 pixels; the limit is 100000000 in all, see --max-pixels"
    ),
    ("jpeg-200-scans.jpg", "more than 100 JPEG scans, which is the limit, see --max-scans"),
  ]

  @Test(arguments: bombs)
  func `a bomb is refused by its header, with the limit and its option`(
    name: String, message: String
  ) throws {
    let error = #expect(throws: CodecError.self) {
      try Image.decoded(try ImageFixture(name).bytes)
    }
    #expect(error.map(describedWithHint) == message)
    #expect(error?.description.contains("--") == false)
  }

  @Test func `a Netpbm header of 2147483647 x 2147483647 allocates nothing`() {
    let bytes = Array("P6\n2147483647 2147483647\n255\n".utf8)
    var options = DecodingOptions()
    #expect(
      throws: CodecError.sideTooLong(width: 2_147_483_647, height: 2_147_483_647, limit: 32768)
    ) { try Image.decoded(bytes, options: options) }
    options.maximumSide = .max
    options.maximumPixels = .max
    #expect(throws: CodecError.self) { try Image.decoded(bytes, options: options) }
    options.maximumMemory = .max
    #expect(throws: CodecError.self) { try Image.decoded(bytes, options: options) }
  }

  @Test func `every limit refuses what is just above it and takes what is not`() throws {
    let bytes = try ImageFixture("jpeg-progressive.jpg").bytes
    func decode(_ change: (inout DecodingOptions) -> Void) throws {
      var options = DecodingOptions()
      change(&options)
      _ = try Image.decoded(bytes, options: options)
    }
    try decode { $0.maximumPixels = 40 * 24 }
    #expect(throws: CodecError.tooManyPixels(width: 40, height: 24, limit: 959)) {
      try decode { $0.maximumPixels = 959 }
    }
    try decode { $0.maximumSide = 40 }
    #expect(throws: CodecError.sideTooLong(width: 40, height: 24, limit: 39)) {
      try decode { $0.maximumSide = 39 }
    }
    try decode { $0.maximumBytes = bytes.count }
    #expect(throws: CodecError.tooManyBytes(count: bytes.count, limit: bytes.count - 1)) {
      try decode { $0.maximumBytes = bytes.count - 1 }
    }
    try decode { $0.maximumMemory = 100_000 }
    let error = #expect(throws: CodecError.self) { try decode { $0.maximumMemory = 10_000 } }
    #expect(error.map(describedWithHint)?.contains("see --max-memory") == true)
    #expect(throws: CodecError.tooManyScans(limit: 2)) { try decode { $0.maximumScans = 2 } }
    #expect(throws: CodecError.tooSlow(limit: 0)) { try decode { $0.maximumSeconds = 0 } }
  }
}

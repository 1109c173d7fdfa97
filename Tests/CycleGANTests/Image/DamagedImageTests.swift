import CycleGAN
import Testing

@Suite struct DamagedImageTests {
  /// Of a file with trailing bytes that nobody needs, some prefixes are whole.
  @Test(arguments: ImageFixture.namesWithPixels)
  func `a file cut anywhere is refused, never delivered half grey`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    for count in bytes.indices {
      #expect(throws: CodecError.self, "\(count) of \(bytes.count) bytes") {
        try Image.decoded(Array(bytes.prefix(count)))
      }
    }
  }

  @Test(arguments: ["png-rgb.png", "jpeg-baseline.jpg", "webp-lossy.webp", "webp-lossless.webp"])
  func `a file that lost its last bytes is called truncated`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    for cut in [1, 2, 9, 40] {
      #expect(throws: CodecError.self) { try Image.decoded(bytes.dropLast(cut)) }
      let error = #expect(throws: CodecError.self) { try Image.decoded(bytes.dropLast(cut)) }
      #expect(
        error?.description.hasPrefix("truncated") == true, "\(cut): \(String(describing: error))")
    }
  }

  @Test(arguments: ImageFixture.namesWithPixels)
  func `no damage is too much where any is to be borne`(name: String) throws {
    var options = DecodingOptions()
    options.failOn = .none
    let bytes = try ImageFixture(name).bytes
    let cut = Array(bytes.prefix(bytes.count * 9 / 10))
    guard let decoded = try? Image.decoded(cut, options: options) else { return }
    let whole = try Image.decoded(bytes)
    #expect(decoded.image.width == whole.image.width)
    #expect(!decoded.warnings.isEmpty)
  }

  @Test(arguments: ["png-1bit.png", "png-palette-trns.png", "png-16bit-grey.png"])
  func `every single flipped bit of a PNG is noticed`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    for bit in 0..<(8 * bytes.count) {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: CodecError.self, "bit \(bit)") { try Image.decoded(flipped) }
    }
  }

  /// Small limits keep a changed size from taking time.
  @Test(arguments: ImageFixture.names)
  func `a file with random errors is an image or an error`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    var options = DecodingOptions()
    options.maximumPixels = 100_000
    var random = RandomSource(seed: 20)
    for round in 0..<100 {
      var changed = bytes
      for _ in 0...(round % 4) {
        changed[random.integer(below: bytes.count)] = UInt8(random.integer(below: 256))
      }
      options.failOn = round % 2 == 0 ? .error : .none
      if let decoded = try? Image.decoded(changed, options: options) {
        #expect(decoded.image.width * decoded.image.height <= 100_000)
      }
    }
  }

  @Test func `a damaged file between good ones changes nothing for them`() throws {
    let good = try ImageFixture("jpeg-baseline.jpg").bytes
    let first = try Image(decoding: good)
    for count in stride(from: 3, to: good.count, by: 50) {
      #expect(throws: CodecError.self) { try Image(decoding: Array(good.prefix(count))) }
      #expect(try Image(decoding: good) == first)
    }
  }
}

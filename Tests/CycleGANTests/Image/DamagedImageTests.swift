import CycleGAN
import Testing

@Suite struct DamagedImageTests {
  @Test(arguments: ImageFixture.namesWithPixels)
  func `a file cut anywhere is refused, never delivered half gray`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    _ = try Image.decoded(bytes)
    for count in bytes.indices {
      #expect(throws: CodecError.self, "\(count) of \(bytes.count) bytes") {
        try Image.decoded(Array(bytes.prefix(count)))
      }
    }
  }

  @Test(arguments: ["png-rgb.png", "jpeg-baseline.jpg", "webp-lossy.webp", "webp-lossless.webp"])
  func `a file that lost its last bytes is called truncated`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    _ = try Image.decoded(bytes)
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
    let whole = try Image.decoded(bytes)
    // Its pixels begin so late that the demuxer finds no frame.
    guard name != "webp-small-frame.webp" else {
      #expect(throws: CodecError.self) { try Image.decoded(cut, options: options) }
      return
    }
    let decoded = try Image.decoded(cut, options: options)
    #expect(decoded.image.width == whole.image.width)
    #expect(decoded.image.height == whole.image.height)
    #expect(!decoded.warnings.isEmpty)
  }

  @Test(arguments: ["png-1bit.png", "png-palette-trns.png", "png-16bit-grey.png"])
  func `every single flipped bit of a PNG is noticed`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    _ = try Image.decoded(bytes)
    for bit in 0..<(8 * bytes.count) {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: CodecError.self, "bit \(bit)") { try Image.decoded(flipped) }
    }
  }

  /// Small limits keep a changed size from taking time.
  ///
  /// Of the 100 changed files, half of which may be damaged, 8 (png-1bit.png) to 86 (jpeg-ycck.jpg)
  /// are observed to give an image of the right size.
  @Test(arguments: ImageFixture.decodableNames)
  func `a file with random errors is an image or an error`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    var options = DecodingOptions()
    options.maximumPixels = 100_000
    let whole = try Image.decoded(bytes).image
    var random = RandomSource(seed: 20)
    var delivered = 0
    for round in 0..<100 {
      var changed = bytes
      for _ in 0...(round % 4) {
        changed[random.integer(below: bytes.count)] = UInt8(random.integer(below: 256))
      }
      options.failOn = round % 2 == 0 ? .error : .none
      guard let image = ImageFixture.image(of: changed, options) else { continue }
      #expect(image.width * image.height <= 100_000)
      if (image.width, image.height) == (whole.width, whole.height) { delivered += 1 }
    }
    #expect(delivered >= 5)
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

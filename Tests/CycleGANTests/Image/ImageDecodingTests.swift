import CycleGAN
import Testing

@Suite struct ImageDecodingTests {
  @Test func `the fixtures are there`() {
    #expect(ImageFixture.names.count == 60)
    #expect(ImageFixture.decodableNames.count == 54)
    #expect(ImageFixture.namesWithPixels.count == 29)
  }

  @Test(arguments: ImageFixture.decodableNames)
  func `every intact file is an image`(name: String) throws {
    _ = try Image.decoded(try ImageFixture(name).bytes)
  }

  /// Lossless files have one right answer; decoders of lossy ones may round differently.
  @Test(arguments: ImageFixture.namesWithPixels)
  func `every odd kind of file gives the pixels that Pillow gives`(name: String) throws {
    let decoded = try Image.decoded(try ImageFixture(name).bytes)
    let expected = try ImageFixture.expectedPixels(of: name)
    let isLossy = name.hasPrefix("jpeg") || name.hasPrefix("webp-lossy")
    let difference = try #require(decoded.image.maximumDifference(from: expected))
    #expect(difference <= (isLossy ? 1 : 0))
  }

  @Test(arguments: 1...8, ["png", "webp", "jpg"])
  func `an image of any EXIF orientation comes out upright`(
    orientation: Int, fileExtension: String
  ) throws {
    let kind = fileExtension == "jpg" ? "jpeg" : fileExtension
    let name = "\(kind)-exif-orientation-\(orientation).\(fileExtension)"
    let image = try Image(decoding: try ImageFixture(name).bytes)
    let upright = try ImageFixture.expectedPixels(of: "exif-upright")
    let difference = try #require(image.maximumDifference(from: upright))
    // The JPEGs, quality 95, are observed up to 14 away from the image they were made of.
    #expect(difference <= (kind == "jpeg" ? 20 : 0))
  }

  @Test(arguments: ["webp-animated.webp", "png-animated.png"])
  func `an animation gives its first image and a warning`(name: String) throws {
    let decoded = try Image.decoded(try ImageFixture(name).bytes)
    #expect(decoded.warnings.count == 1)
    #expect(decoded.warnings.first?.contains("only the first is used") == true)
  }

  @Test(arguments: ["png-rgb.png", "jpeg-baseline.jpg", "webp-lossy.webp", "png-profile-bomb.png"])
  func `an ordinary file gives no warning`(name: String) throws {
    #expect(try Image.decoded(try ImageFixture(name).bytes).warnings.isEmpty)
  }

  @Test func `extraneous bytes are a warning unless warnings are to fail`() throws {
    let bytes = try ImageFixture("jpeg-extraneous-bytes.jpg").bytes
    #expect(try Image.decoded(bytes).warnings.count == 1)
    var options = DecodingOptions()
    options.failOn = .warning
    #expect(throws: CodecError.self) { try Image.decoded(bytes, options: options) }
  }

  @Test func `a JPEG with a lost restart interval is refused, and delivered if damage is borne`()
    throws
  {
    let bytes = try ImageFixture("jpeg-lost-rows.jpg").bytes
    #expect {
      try Image.decoded(bytes)
    } throws: { error in
      if case CodecError.damaged(.jpeg, _) = error { true } else { false }
    }
    var options = DecodingOptions()
    options.failOn = .truncated
    #expect(try Image.decoded(bytes, options: options).warnings.count == 1)
  }

  @Test func `a 12-bit JPEG is unsupported, not damaged`() throws {
    let bytes = try ImageFixture("jpeg-12bit-header.jpg").bytes
    #expect {
      try Image.decoded(bytes)
    } throws: { error in
      if case CodecError.unsupported(.jpeg, _) = error { true } else { false }
    }
  }

  @Test(arguments: ImageFixture.names)
  func `a format is undecided until its signature is whole`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    for count in 0...16 {
      let first = Array(bytes.prefix(count))
      #expect((ImageFormat.recognized(first) == nil) == ImageFormat.isUndecided(first))
    }
    #expect(ImageFormat.recognized(Array(bytes.prefix(12))) != nil)
  }

  @Test func `files are known by content, whatever the bytes after the signature`() {
    #expect(ImageFormat.recognized([]) == nil)
    #expect(ImageFormat.recognized(Array("P5\n1 1\n".utf8)) == .ppm)
    #expect(ImageFormat.recognized(Array("Pf\n1 1\n".utf8)) == .ppm)
    #expect(ImageFormat.recognized(Array("P5.jpg\n".utf8)) == nil)
    #expect(ImageFormat.recognized(Array("RIFF1234WAVE".utf8)) == nil)
    #expect(throws: CodecError.empty) { try Image(decoding: []) }
    let error = #expect(throws: CodecError.self) { try Image(decoding: Array("photo.jpg\n".utf8)) }
    #expect(error?.description == "a text file, not a PNG, JPEG, WebP or PNM file")
    #expect(throws: CodecError.unknownFormat) { try Image(decoding: [0, 1, 2, 3]) }
  }
}

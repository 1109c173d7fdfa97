import CycleGAN
import Testing

/// Images that are resized while they are decoded.
@Suite struct ResizedDecodingTests {
  /// Smaller and larger than the fixtures, flatter and taller.
  static let sizes = [(7, 5), (64, 50), (40, 3), (3, 24)]

  /// Too large, of a variant that libjpeg lacks, or with pixels that begin too late.
  static let neverDelivered: Set = [
    "jpeg-12bit-header.jpg", "jpeg-65500x65500.jpg", "png-60000x60000.png",
    "webp-16383x16383.webp", "webp-small-frame.webp",
  ]

  @Test(arguments: ImageFixture.decodableNames, [1, 3])
  func `an image resized on the way is the image that is resized afterwards`(
    name: String, channels: Int
  ) throws {
    let bytes = try ImageFixture(name).bytes
    let whole = try Image.decoded(bytes)
    let colored = channels == 1 ? try whole.image.gray() : whole.image
    for (width, height) in Self.sizes {
      let resizing = Resizing(width: width, height: height, channels: channels)
      var options = DecodingOptions()
      options.resizing = { oldWidth, oldHeight in
        #expect((oldWidth, oldHeight) == (whole.image.width, whole.image.height))
        return resizing
      }
      let decoded = try Image.decoded(bytes, options: options)
      let resized = channels == 1 ? try decoded.image.gray() : decoded.image
      #expect(try resized.resized(to: resizing) == colored.resized(to: resizing))
      #expect(decoded.warnings == whole.warnings)
    }
  }

  @Test(arguments: ["jpeg-420.jpg", "jpeg-cmyk.jpg", "png-rgb.png", "png-16bit-alpha.png"])
  func `a codec that gives row by row delivers the new size`(name: String) throws {
    var options = DecodingOptions()
    options.resizing = { _, _ in Resizing(width: 9, height: 6) }
    let decoded = try Image.decoded(try ImageFixture(name).bytes, options: options)
    #expect((decoded.image.width, decoded.image.height) == (9, 6))
  }

  @Test(arguments: ImageFixture.names)
  func `damage is refused, or borne and gray, as without a resize`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    let resizing = Resizing(width: 7, height: 30)
    for policy in [DamagePolicy.error, .none] {
      var plain = DecodingOptions()
      plain.failOn = policy
      var options = plain
      options.resizing = { _, _ in resizing }
      var delivered = 0
      for part in 1...9 {
        let cut = Array(bytes.prefix(bytes.count * part / 10))
        let whole = ImageFixture.image(of: cut, plain)
        let resized = ImageFixture.image(of: cut, options)
        #expect(try resized?.resized(to: resizing) == whole?.resized(to: resizing))
        if resized != nil { delivered += 1 }
      }
      let isDelivered = policy == .none && !Self.neverDelivered.contains(name)
      #expect((delivered > 0) == isDelivered, "\(delivered) of 9 with \(policy)")
    }
  }

  @Test func `a JPEG shrinks before the resize only where twice the new size is left`() throws {
    let scene = Image.scene(width: 320, height: 240)
    let bytes = try scene.encoded(as: .jpeg)
    func decoded(_ width: Int, _ height: Int, shrinksFirst: Bool) throws -> Image {
      var options = DecodingOptions()
      options.resizing = { _, _ in Resizing(width: width, height: height) }
      options.shrinksFirst = shrinksFirst
      return try Image.decoded(bytes, options: options).image
    }
    let cases = [(80, 60, false), (81, 60, true), (80, 61, true), (9, 7, false)]
    for (width, height, isSame) in cases {
      let exact = try decoded(width, height, shrinksFirst: false)
      let fast = try decoded(width, height, shrinksFirst: true)
      #expect((fast.width, fast.height) == (width, height))
      #expect((fast == exact) == isSame, "\(width) x \(height)")
    }
  }
}

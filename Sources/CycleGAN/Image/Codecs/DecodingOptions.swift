/// Which damage makes a picture fail; the words are those of libvips.
public enum DamagePolicy: String, Sendable, CaseIterable {
  /// Nothing: what could be decoded is delivered, the rest is grey.
  case none
  /// A file that ends too early.
  case truncated
  /// Also anything else that loses pixels.
  case error
  /// Also what is harmless, such as extra bytes.
  case warning
}

/// The limits of decoding, so that no file can take a machine down.
///
/// `Int.max` means unlimited.
public struct DecodingOptions: Sendable {
  /// Width times height, at most.
  public var maximumPixels = 100_000_000
  /// Width and height each, px, at most.
  public var maximumSide = 32_768
  /// Size of the encoded file, bytes, at most.
  public var maximumBytes = 256 << 20
  /// What decoding one image may allocate, the decoded image included, bytes.
  public var maximumMemory = 512 << 20
  /// Scans of a progressive JPEG, at most.
  public var maximumScans = 100
  /// CPU time for one image, s.
  public var maximumSeconds = 10
  /// Which damage makes a picture fail.
  public var failOn = DamagePolicy.error
  /// What a picture is going to be resized to.
  ///
  /// Pictures that codecs give row by row (JPEG, and PNG but for interlaced ones) are resized on the
  /// way, to the same pixels in less time and memory. The others come whole, to be resized then.
  public var resizing: Resizing.Choice?
  /// Whether a JPEG that is going to be resized may be decoded at a half, a quarter or an eighth of
  /// its size where twice the new one is left; that takes less time, and gives other pixels.
  public var shrinksFirst = false

  /// The defaults, each of which can be changed.
  public init() {}
}

/// How an image is written.
public struct EncodingOptions: Sendable {
  /// Of JPEG and lossy WebP, 1...100.
  public var quality: Int
  /// Whether WebP keeps every pixel as it is.
  public var lossless: Bool

  /// Wraps the options.
  ///
  /// - Parameters:
  ///   - quality: Of JPEG and lossy WebP, 1...100; the default is visually lossless.
  ///   - lossless: Whether WebP keeps every pixel as it is.
  public init(quality: Int = 95, lossless: Bool = false) {
    self.quality = quality
    self.lossless = lossless
  }
}

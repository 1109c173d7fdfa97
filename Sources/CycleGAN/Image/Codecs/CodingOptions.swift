/// Which damage makes an image fail; the words are those of libvips.
public enum DamagePolicy: String, Sendable, CaseIterable {
  /// Nothing: what could be decoded is delivered, the rest is gray.
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
  /// Which damage makes an image fail.
  public var failOn = DamagePolicy.error
  /// What an image is going to be resized to.
  ///
  /// Images that codecs give row by row (JPEG, and PNG but for interlaced ones) are resized on the
  /// way, to the same pixels in less time and memory. The others come whole, to be resized then.
  public var resizing: Resizing.Choice?
  /// Whether a JPEG that is going to be resized may be decoded at a half, a quarter or an eighth of
  /// its size where twice the new one is left; that takes less time, and gives other pixels.
  public var shrinksFirst = false

  /// The defaults, each of which can be changed.
  public init() {}
}

extension DecodingOptions {
  /// Compares an image's size with the limits.
  ///
  /// - Parameters:
  ///   - width: Columns, px.
  ///   - height: Rows, px.
  /// - Throws: `CodecError` with the limit that is exceeded.
  func checkSize(width: Int, height: Int) throws(CodecError) {
    guard width <= maximumSide && height <= maximumSide else {
      throw .sideTooLong(width: width, height: height, limit: maximumSide)
    }
    let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
    guard !overflows && pixels <= maximumPixels else {
      throw .tooManyPixels(width: width, height: height, limit: maximumPixels)
    }
  }

  /// Allocates an RGB image after comparing its size with the limits.
  ///
  /// - Parameters:
  ///   - width: Columns, px.
  ///   - height: Rows, px.
  ///   - copies: Images of this size that decoding needs, this one included.
  ///   - scratch: What decoding allocates besides, bytes.
  /// - Returns: `[H, W, 3]` of gray, which stays where a damaged file has no pixels.
  /// - Throws: `CodecError` with the limit that is exceeded, or if the system lacks the memory.
  func allocate(
    width: Int, height: Int, copies: Int = 1, scratch: Int = 0
  ) throws(CodecError) -> MutableBuffer<UInt8> {
    try checkSize(width: width, height: height)
    let pixels = width * height
    let (samples, overflowsOne) = pixels.multipliedReportingOverflow(by: 3 * copies)
    let (needed, overflows) = samples.addingReportingOverflow(scratch)
    guard !overflowsOne, !overflows else { throw .outOfMemory(reason: "\(pixels) pixels") }
    guard needed <= maximumMemory else {
      throw .tooMuchMemory(needed: needed, limit: maximumMemory)
    }
    do throws(OutOfMemory) {
      return try MutableBuffer(repeating: 128, count: 3 * pixels)
    } catch {
      throw .outOfMemory(reason: "decoding needs \(needed) bytes")
    }
  }
}

/// How an image is encoded.
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

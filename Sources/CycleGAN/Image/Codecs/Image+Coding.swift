extension Image {
  /// Decodes a file of any known format, recognized by its content.
  ///
  /// Gray, palette, 16-bit and CMYK images become 8-bit RGB; alpha is blended over white; the EXIF
  /// orientation is applied. Of several images in one file the first is taken, with a warning.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - options: Limits, and which damage is refused.
  /// - Returns: Three channels, upright.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  public static func decoded(
    _ bytes: Buffer<UInt8>, options: DecodingOptions = DecodingOptions()
  ) throws(CodecError) -> DecodedImage {
    var sequence = ImageSequence(bytes, options: options)
    guard var first = try sequence.next() else { throw .empty }
    guard sequence.remainingBytes > 0 else { return first }
    let warning = "\(sequence.remainingBytes) bytes after the first image are not used"
    guard options.failOn != .warning else { throw .damaged(first.format, reason: warning) }
    first.warnings.append(warning)
    return first
  }

  /// Decodes a file that is in an array, as above.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - options: Limits, and which damage is refused.
  /// - Returns: Three channels, upright.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  public static func decoded(
    _ bytes: [UInt8], options: DecodingOptions = DecodingOptions()
  ) throws(CodecError) -> DecodedImage {
    try decoded(Buffer(bytes), options: options)
  }

  /// Decodes a file with the default limits.
  ///
  /// - Parameter bytes: A PNG, JPEG, WebP or PNM file.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  public init(decoding bytes: Buffer<UInt8>) throws(CodecError) {
    self = try Image.decoded(bytes).image
  }

  /// Decodes a file that is in an array, as above.
  ///
  /// - Parameter bytes: A PNG, JPEG, WebP or PNM file.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  public init(decoding bytes: [UInt8]) throws(CodecError) {
    self = try Image.decoded(bytes).image
  }

  /// Encodes the image.
  ///
  /// JPEG keeps full color resolution (4:4:4); gray images stay gray in PNG, JPEG and PNM.
  ///
  /// - Parameters:
  ///   - format: What to write.
  ///   - options: Quality, or losslessness; PNG and PNM are always lossless.
  /// - Returns: A whole file.
  /// - Throws: `CodecError.notEncodable` if the format cannot hold the image, and
  ///   `CodecError.outOfMemory`.
  public func encoded(
    as format: ImageFormat, options: EncodingOptions = EncodingOptions()
  ) throws(CodecError) -> Buffer<UInt8> {
    let side = format.codec.maximumSide
    guard width <= side && height <= side else {
      throw .notEncodable(
        format, reason: "\(width) x \(height) pixels; it holds \(side) per side, PNG holds more")
    }
    guard (1...100).contains(options.quality) else {
      throw .notEncodable(format, reason: "quality \(options.quality) is not 1 to 100")
    }
    return try format.codec.encode(self, options: options)
  }
}

/// An image and what is known of the file that it was decoded from.
public struct DecodedImage: Sendable, Equatable {
  /// Three channels, upright.
  public var image: Image
  /// The file's format.
  public let format: ImageFormat
  /// What a person may want to know, one sentence each; usually none.
  public internal(set) var warnings: [String]

  /// Wraps an image.
  ///
  /// - Parameters:
  ///   - image: Three channels, upright.
  ///   - format: The file's format.
  ///   - warnings: One sentence each.
  public init(image: Image, format: ImageFormat, warnings: [String] = []) {
    self.image = image
    self.format = format
    self.warnings = warnings
  }
}

/// The images of a file, one after the other: images of all formats can be concatenated.
///
/// A multi-picture JPEG is one image, and so is an animation.
public struct ImageSequence: Sendable {
  private let bytes: Buffer<UInt8>
  private let options: DecodingOptions
  private var position = 0

  /// Starts at the first image.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - options: Limits, and which damage is refused.
  public init(_ bytes: Buffer<UInt8>, options: DecodingOptions = DecodingOptions()) {
    self.bytes = bytes.rebased
    self.options = options
  }

  /// Starts at the first image of a file that is in an array.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - options: Limits, and which damage is refused.
  public init(_ bytes: [UInt8], options: DecodingOptions = DecodingOptions()) {
    self.init(Buffer(bytes), options: options)
  }

  /// How many bytes do not belong to an image that was decoded.
  public var remainingBytes: Int { bytes.count - position }

  /// Decodes the next image.
  ///
  /// After an error there is no next image, since nothing says where it would start.
  ///
  /// - Returns: The image, or `nil` after the last one.
  /// - Throws: `CodecError` if what follows is not an image, is damaged or exceeds a limit.
  public mutating func next() throws(CodecError) -> DecodedImage? {
    guard remainingBytes > 0 else { return nil }
    let start = position
    position = bytes.count
    guard bytes.count <= options.maximumBytes else {
      throw .tooManyBytes(count: bytes.count, limit: options.maximumBytes)
    }
    guard let format = ImageFormat.recognized(Array(bytes[start...].prefix(16))) else {
      throw .unrecognized(Array(bytes[start...].prefix(ForeignFile.signatureLength)))
    }
    let decoded = try format.codec.decode(bytes, at: start, options: options)
    // Blanks after an image are what echo and editors leave.
    let blanks = bytes[decoded.end...].prefix(while: PNM.isBlank).count
    position = decoded.end + blanks
    return decoded.image
  }
}

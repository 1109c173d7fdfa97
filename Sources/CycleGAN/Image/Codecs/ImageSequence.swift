/// The images of one byte string, one after the other: Netpbm files may be concatenated.
///
/// A PNG, JPEG or WebP file is a sequence of one.
public struct ImageSequence: Sendable {
  private let bytes: [UInt8]
  private let options: DecodingOptions
  private var position = 0

  /// Starts at the first image.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - options: Limits, and which damage is refused.
  public init(_ bytes: [UInt8], options: DecodingOptions = DecodingOptions()) {
    self.bytes = bytes
    self.options = options
  }

  /// What no image has been made of yet.
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
      throw .unknownFormat
    }
    guard format == .ppm else { return try decodeOnly(format) }
    var reader = try PNMReader(bytes, at: start, options: options)
    let decoded = try reader.decode()
    // Blanks after an image are what echo and editors leave.
    position = reader.position
    while position < bytes.count, PNMScanner.isBlank(bytes[position]) { position += 1 }
    return decoded
  }

  /// Decodes a file that holds one image.
  private func decodeOnly(_ format: ImageFormat) throws(CodecError) -> DecodedImage {
    let container = Container(bytes, format: format)
    let decoder: Decoder =
      switch format {
      case .png: .png
      case .jpeg: .jpeg
      case .webp, .ppm: .webp
      }
    var decoded = try decoder.decoded(bytes, container, options)
    if container.isFollowed {
      decoded.warnings.append(
        "another image behind this one is left out; only Netpbm images can be concatenated")
    }
    return decoded
  }
}

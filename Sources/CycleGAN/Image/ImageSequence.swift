/// The images of one byte string, one after the other: Netpbm files may be concatenated.
///
/// A PNG, JPEG or WebP file is a sequence of one.
public struct ImageSequence: Sendable {
  private let bytes: [UInt8]
  private let options: DecodingOptions
  private var isAtEnd = false

  /// Starts at the first image.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - options: Limits, and which damage is refused.
  public init(_ bytes: [UInt8], options: DecodingOptions = DecodingOptions()) {
    self.bytes = bytes
    self.options = options
  }

  /// Decodes the next image.
  ///
  /// After an error there is no next image, since nothing says where it would start.
  ///
  /// - Returns: The image, or `nil` after the last one.
  /// - Throws: `CodecError` if what follows is not an image, is damaged or exceeds a limit.
  public mutating func next() throws(CodecError) -> DecodedImage? {
    guard !isAtEnd else { return nil }
    isAtEnd = true
    return try Image.decoded(bytes, options: options)
  }
}

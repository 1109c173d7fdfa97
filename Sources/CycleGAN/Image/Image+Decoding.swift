extension Image {
  /// Decodes a file of any known format, recognised by its content.
  ///
  /// Grey, palette, 16-bit, CMYK become 8-bit RGB; alpha is blended over white; the EXIF orientation
  /// is applied. Of an animation the first picture is taken, with a warning.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - options: Limits, and which damage is refused.
  /// - Returns: Three channels, upright.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  public static func decoded(
    _ bytes: [UInt8], options: DecodingOptions = DecodingOptions()
  ) throws(CodecError) -> DecodedImage {
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= options.maximumBytes else {
      throw .tooManyBytes(count: bytes.count, limit: options.maximumBytes)
    }
    guard let format = ImageFormat.recognized(Array(bytes.prefix(16))) else {
      throw .unknownFormat
    }
    throw .unsupported(format, reason: "not yet")
  }

  /// Decodes a file with the default limits.
  ///
  /// - Parameter bytes: A PNG, JPEG, WebP or PNM file.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  public init(decoding bytes: [UInt8]) throws(CodecError) {
    self = try Image.decoded(bytes).image
  }
}

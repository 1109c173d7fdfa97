extension Image {
  /// Decodes a file of any known format, recognised by its content.
  ///
  /// Grey, palette, 16-bit, CMYK become 8-bit RGB; alpha is blended over white; the EXIF orientation
  /// is applied. Of several pictures in one file the first is taken, with a warning.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - options: Limits, and which damage is refused.
  /// - Returns: Three channels, upright.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  public static func decoded(
    _ bytes: [UInt8], options: DecodingOptions = DecodingOptions()
  ) throws(CodecError) -> DecodedImage {
    var sequence = ImageSequence(bytes, options: options)
    guard let first = try sequence.next() else { throw .empty }
    guard sequence.remainingBytes > 0 else { return first }
    let warning = "\(sequence.remainingBytes) bytes after the first image are not used"
    guard options.failOn != .warning else { throw .damaged(first.format, reason: warning) }
    return DecodedImage(
      image: first.image, format: first.format, warnings: first.warnings + [warning])
  }

  /// Decodes a file with the default limits.
  ///
  /// - Parameter bytes: A PNG, JPEG, WebP or PNM file.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  public init(decoding bytes: [UInt8]) throws(CodecError) {
    self = try Image.decoded(bytes).image
  }
}

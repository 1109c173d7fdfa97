extension Image {
  /// Encodes the image.
  ///
  /// JPEG keeps full colour resolution (4:4:4); grey images stay grey in PNG, JPEG and PNM.
  ///
  /// - Parameters:
  ///   - format: What to write.
  ///   - options: Quality, or losslessness; PNG and PNM are always lossless.
  /// - Returns: A whole file.
  /// - Throws: `CodecError.notEncodable` if the format cannot hold the image.
  public func encoded(
    as format: ImageFormat, options: EncodingOptions = EncodingOptions()
  ) throws(CodecError) -> [UInt8] {
    throw .notEncodable(format, reason: "not yet")
  }
}

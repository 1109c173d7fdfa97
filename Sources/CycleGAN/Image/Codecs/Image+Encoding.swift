import CCodecs

extension Image {
  /// Encodes the image.
  ///
  /// JPEG keeps full colour resolution (4:4:4); grey images stay grey in PNG, JPEG and PNM.
  ///
  /// - Parameters:
  ///   - format: What to write.
  ///   - options: Quality, or losslessness; PNG and PNM are always lossless.
  /// - Returns: A whole file.
  /// - Throws: `CodecError.notEncodable` if the format cannot hold the image, and
  ///   `CodecError.outOfMemory`.
  public func encoded(
    as format: ImageFormat, options: EncodingOptions = EncodingOptions()
  ) throws(CodecError) -> [UInt8] {
    try check(format, options)
    guard format != .ppm else { return encodedAsPNM() }
    var output = cc_bytes()
    var error = cc_error()
    let status = encode(as: format, options, &output, &error)
    defer { cc_bytes_free(&output) }
    guard status == CC_OK else {
      if status == CC_OUT_OF_MEMORY { throw .outOfMemory(reason: error.reason) }
      throw .notEncodable(format, reason: error.reason)
    }
    return Array(UnsafeBufferPointer(start: output.start, count: output.count))
  }

  private func check(_ format: ImageFormat, _ options: EncodingOptions) throws(CodecError) {
    let largest: [ImageFormat: Int] = [.jpeg: 65500, .webp: 16383]
    if let side = largest[format], width > side || height > side {
      throw .notEncodable(
        format, reason: "\(width) x \(height) pixels; it holds \(side) per side, PNG holds more")
    }
    guard (1...100).contains(options.quality) else {
      throw .notEncodable(format, reason: "quality \(options.quality) is not 1 to 100")
    }
  }

  private func encode(
    as format: ImageFormat, _ options: EncodingOptions, _ output: inout cc_bytes,
    _ error: inout cc_error
  ) -> cc_status {
    let (columns, rows, channels) = (UInt32(width), UInt32(height), Int32(channels))
    let (quality, lossless) = (Int32(options.quality), options.lossless)
    switch format {
    case .jpeg:
      return cc_jpeg_encode(pixels, columns, rows, channels, quality, &output, &error)
    case .webp:
      let colours = channels == 3 ? pixels : pixels.flatMap { [$0, $0, $0] }
      return cc_webp_encode(colours, columns, rows, quality, lossless, &output, &error)
    case .png, .ppm:
      return cc_png_encode(pixels, columns, rows, channels, &output, &error)
    }
  }

  /// P5 or P6.
  private func encodedAsPNM() -> [UInt8] {
    Array("P\(channels == 1 ? 5 : 6)\n\(width) \(height)\n255\n".utf8) + pixels
  }
}

import CCodecs

/// WebP, lossy and lossless, through libwebp.
enum WebP: Codec {
  static let name = "WebP"
  static let extensions = ["webp"]
  static let signatures = [Signature("RIFF".utf8) + [nil, nil, nil, nil] + Signature("WEBP".utf8)]
  static let maximumSide = 16383

  private static var library: LibraryReader {
    LibraryReader(
      format: .webp, open: cc_webp_reader_init, read: cc_webp_reader_read,
      free: cc_webp_reader_free)
  }

  static func decode(
    _ bytes: [UInt8], at start: Int, options: DecodingOptions
  ) throws(CodecError) -> (image: DecodedImage, end: Int) {
    let decoded = try library.decoded(
      bytes[start...], orientation: orientation(in: bytes[start...]), options: options)
    return (decoded, bytes.count)
  }

  static func encode(_ image: Image, options: EncodingOptions) throws(CodecError) -> [UInt8] {
    try ImageFormat.webp.encoded { output, error in
      cc_webp_encode(
        image.rgb().pixels, UInt32(image.width), UInt32(image.height), Int32(options.quality),
        options.lossless, &output, &error)
    }
  }

  /// Reads the orientation out of the chunks; libwebp refuses what is wrong with them.
  ///
  /// Source: WebP container specification, "RIFF file format" and "Metadata".
  private static func orientation(in bytes: ArraySlice<UInt8>) -> Orientation {
    let reader = ByteOrderReader(bytes: bytes, isLittle: true)
    var orientation = Orientation.upright
    var position = 12
    while let count = reader.long(at: position + 4), position + 8 + count <= bytes.count {
      let chunk = bytes.dropFirst(position)
      if chunk.starts(with: "EXIF".utf8) {
        orientation = EXIF.orientation(in: chunk.dropFirst(8).prefix(count))
      }
      position += 8 + count + count % 2
    }
    return orientation
  }
}

import CCodecs

/// WebP, lossy and lossless, through libwebp.
enum WebP: DelimitedCodec {
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
    _ bytes: Buffer<UInt8>, at start: Int, options: DecodingOptions
  ) throws(CodecError) -> (image: DecodedImage, end: Int) {
    let decoded = try library.decoded(
      bytes[start...], orientation: orientation(in: bytes[start...]), options: options)
    return (decoded, end(in: bytes, from: start))
  }

  /// Source: WebP container specification, "RIFF file format" and "WebP file header".
  static func findEnd(of image: inout EncodedImage) throws(EndOfBytes) {
    try image.skip(4)
    let count = Int(try image.read(UInt32.self, .littleEndian))
    try image.skip(count)
    // Odd sizes are padded; some programs forget it.
    if count % 2 == 1, image.zeros(atMost: 1) == 1 { try image.skip(1) }
  }

  static func encode(_ image: Image, options: EncodingOptions) throws(CodecError) -> Buffer<UInt8> {
    let image = try CodecError.allocating(try image.rgb())
    return try ImageFormat.webp.encoded { output, error in
      image.pixels.withUnsafeBufferPointer { pixels in
        cc_webp_encode(
          pixels.baseAddress, UInt32(image.width), UInt32(image.height), Int32(options.quality),
          options.lossless, &output, &error)
      }
    }
  }

  /// Reads the orientation out of the chunks; libwebp refuses what is wrong with them.
  ///
  /// Source: WebP container specification, "RIFF file format" and "Metadata".
  private static func orientation(in bytes: Buffer<UInt8>) -> Orientation {
    var orientation = Orientation.upright
    var cursor = ByteCursor(bytes)
    do throws(EndOfBytes) {
      try cursor.skip(12)
      while true {
        let type = try cursor.readBytes(4)
        let count = Int(try cursor.read(UInt32.self, .littleEndian))
        let content = try cursor.readBytes(count)
        if type.elementsEqual("EXIF".utf8) { orientation = EXIF.orientation(in: content) }
        try cursor.skip(count % 2)
      }
    } catch {
      return orientation
    }
  }
}

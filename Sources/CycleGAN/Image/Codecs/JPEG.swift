import CCodecs

/// JPEG, through libjpeg-turbo.
enum JPEG: Codec {
  static let name = "JPEG"
  static let extensions = ["jpg", "jpeg", "jpe", "jfif"]
  static let signatures = [Signature([0xFF, 0xD8, 0xFF])]
  static let maximumSide = 65500

  private static var library: LibraryReader {
    LibraryReader(
      format: .jpeg, open: cc_jpeg_reader_init, read: cc_jpeg_reader_read,
      free: cc_jpeg_reader_free, shrink: cc_jpeg_reader_shrink)
  }

  static func decode(
    _ bytes: [UInt8], at start: Int, options: DecodingOptions
  ) throws(CodecError) -> (image: DecodedImage, end: Int) {
    let decoded = try library.decoded(
      bytes[start...], orientation: orientation(in: bytes[start...]), options: options)
    return (decoded, bytes.count)
  }

  static func encode(_ image: Image, options: EncodingOptions) throws(CodecError) -> [UInt8] {
    try ImageFormat.jpeg.encoded { output, error in
      cc_jpeg_encode(
        image.pixels, UInt32(image.width), UInt32(image.height), Int32(image.channels),
        Int32(options.quality), &output, &error)
    }
  }

  /// Reads the orientation out of the segments; libjpeg refuses what is wrong with them.
  ///
  /// Source: ITU-T T.81, B.1.1.4; EXIF 2.32, 4.7.2 for APP1.
  private static func orientation(in bytes: ArraySlice<UInt8>) -> Orientation {
    let (startOfScan, application1): (UInt16, UInt16) = (0xFFDA, 0xFFE1)
    var cursor = ByteCursor(bytes)
    do throws(EndOfBytes) {
      try cursor.skip(2)
      while true {
        let marker = try cursor.read(UInt16.self, .bigEndian)
        guard marker > 0xFF00, marker != startOfScan else { return .upright }
        guard marker != 0xFFFF else {
          // A marker may be preceded by any number of fill bytes.
          try cursor.seek(to: cursor.offset - 1)
          continue
        }
        let count = Int(try cursor.read(UInt16.self, .bigEndian))
        guard count >= 2 else { return .upright }
        let content = try cursor.readBytes(count - 2)
        if marker == application1 && content.starts(with: "Exif\0\0".utf8) {
          return EXIF.orientation(in: content)
        }
      }
    } catch {
      return .upright
    }
  }
}

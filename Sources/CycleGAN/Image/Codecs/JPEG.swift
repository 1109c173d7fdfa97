import CCodecs

/// JPEG, through libjpeg-turbo.
enum JPEG: DelimitedCodec {
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
    _ bytes: Buffer<UInt8>, at start: Int, options: DecodingOptions
  ) throws(CodecError) -> (image: DecodedImage, end: Int) {
    let decoded = try library.decoded(
      bytes[start...], orientation: orientation(in: bytes[start...]), options: options)
    return (decoded, end(in: bytes, from: start))
  }

  /// Further images that the multi-picture format names belong to the first, as a preview does.
  ///
  /// Source: ITU-T T.81, B.1.1; CIPA DC-007, 5.2 for APP2.
  static func findEnd(of image: inout EncodedImage) throws(EndOfBytes) {
    var furtherStarts: [Int] = []
    var furtherEnd = 0
    try findEndOfOne(&image) { content, offset in
      for part in MultiPicture.parts(in: content) where part.offset > 0 {
        furtherStarts.append(offset + part.offset)
        furtherEnd = max(furtherEnd, offset + part.offset + part.count)
      }
    }
    // Programs that change a photo keep the segment and drop the images.
    for start in furtherStarts.sorted() {
      let distance = start - image.count
      guard image.follows([0xFF, 0xD8, 0xFF], at: distance) else { return }
      try image.skip(distance)
      try findEndOfOne(&image) { _, _ in }
    }
    let padding = furtherEnd - image.count
    if padding > 0 { try image.skip(image.zeros(atMost: padding)) }
  }

  /// Moves behind the marker that ends one image.
  ///
  /// - Parameters:
  ///   - image: At its first byte.
  ///   - multiPicture: Told the content of a multi-picture segment, and its offset.
  /// - Throws: `EndOfBytes` if the bytes end before.
  private static func findEndOfOne(
    _ image: inout EncodedImage, multiPicture: (Buffer<UInt8>, _ offset: Int) -> Void
  ) throws(EndOfBytes) {
    try image.skip(2)
    while true {
      // Entropy-coded data, and whatever else is not a marker, are passed over as libjpeg does.
      var marker: UInt8?
      var isAfterFill = false
      try image.skip { byte in
        defer { isAfterFill = byte == 0xFF }
        guard isAfterFill, byte != 0xFF else { return false }
        switch byte {
        // A stuffed byte, TEM, a restart, another start.
        case 0x00, 0x01, 0xD0...0xD8: return false
        default:
          marker = byte
          return true
        }
      }
      if marker == 0xD9 { return }
      let count = Int(try image.read(UInt16.self, .bigEndian))
      guard count >= 2 else { continue }
      let content = try image.readBytes(count - 2)
      guard marker == 0xE2, content.starts(with: "MPF\0".utf8) else { continue }
      multiPicture(content.dropFirst(4), image.count - (count - 6))
    }
  }

  static func encode(_ image: Image, options: EncodingOptions) throws(CodecError) -> Buffer<UInt8> {
    try ImageFormat.jpeg.encoded { output, error in
      image.pixels.withUnsafeBufferPointer { pixels in
        cc_jpeg_encode(
          pixels.baseAddress, UInt32(image.width), UInt32(image.height), Int32(image.channels),
          Int32(options.quality), &output, &error)
      }
    }
  }

  /// Reads the orientation out of the segments; libjpeg refuses what is wrong with them.
  ///
  /// Source: ITU-T T.81, B.1.1.4; EXIF 2.32, 4.7.2 for APP1.
  private static func orientation(in bytes: Buffer<UInt8>) -> Orientation {
    let (startOfScan, application1): (UInt16, UInt16) = (0xFFDA, 0xFFE1)
    var cursor = ByteCursor(bytes)
    do throws(EndOfBytes) {
      try cursor.skip(2)
      while true {
        let marker = try cursor.read(UInt16.self, .bigEndian)
        guard marker > 0xFF00, marker != startOfScan else { return .upright }
        guard marker != 0xFFFF else {
          // A marker may be preceded by any number of fill bytes.
          let next = bytes[(bytes.startIndex + cursor.offset)...].firstIndex { $0 != 0xFF }
          try cursor.seek(to: (next ?? bytes.endIndex) - 1 - bytes.startIndex)
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

/// The index of a JPEG that holds further images behind the first: stereo pairs, previews, gain maps.
///
/// Source: CIPA DC-007, 5.2.
private enum MultiPicture {
  /// Reads where the images are.
  ///
  /// - Parameter index: A TIFF header and a directory.
  /// - Returns: Bytes from the header to each image, and its length; 0 for the first image. Empty
  ///   where the index makes no sense.
  static func parts(in index: Buffer<UInt8>) -> [(offset: Int, count: Int)] {
    var cursor = ByteCursor(index)
    do throws(EndOfBytes) {
      let order: ByteOrder =
        try cursor.readBytes(2).elementsEqual("II".utf8) ? .littleEndian : .bigEndian
      try cursor.skip(2)
      try cursor.seek(to: Int(try cursor.read(UInt32.self, order)))
      for _ in 0..<(try cursor.read(UInt16.self, order)) {
        let tag = try cursor.read(UInt16.self, order)
        try cursor.skip(2)
        let count = Int(try cursor.read(UInt32.self, order))
        let position = Int(try cursor.read(UInt32.self, order))
        guard tag == 0xB002 else { continue }
        try cursor.seek(to: position)
        return try entries(count / 16, &cursor, order)
      }
    } catch {
      // An index that is cut names nothing.
    }
    return []
  }

  private static func entries(
    _ count: Int, _ cursor: inout ByteCursor, _ order: ByteOrder
  ) throws(EndOfBytes) -> [(offset: Int, count: Int)] {
    var parts: [(offset: Int, count: Int)] = []
    for _ in 0..<count {
      try cursor.skip(4)
      let count = Int(try cursor.read(UInt32.self, order))
      let offset = Int(try cursor.read(UInt32.self, order))
      try cursor.skip(4)
      parts.append((offset, count))
    }
    return parts
  }
}

/// EXIF metadata, of which the orientation is used.
///
/// Source: EXIF 2.32 (CIPA DC-008), 4.5; TIFF 6.0, section 2.
enum EXIF {
  /// Reads the orientation out of a TIFF structure.
  ///
  /// - Parameter tiff: From `II` or `MM` on; a leading `Exif\0\0` is skipped.
  /// - Returns: Upright where nothing or nonsense is said.
  static func orientation(in tiff: Buffer<UInt8>) -> Orientation {
    let tiff = tiff.starts(with: "Exif\0\0".utf8) ? tiff.dropFirst(6) : tiff
    let order = tiff.starts(with: "II".utf8) ? ByteOrder.littleEndian : .bigEndian
    guard order == .littleEndian || tiff.starts(with: "MM".utf8) else { return .upright }
    var cursor = ByteCursor(tiff)
    do throws(EndOfBytes) {
      try cursor.seek(to: 4)
      try cursor.seek(to: Int(cursor.read(UInt32.self, order)))
      for _ in 0..<(try cursor.read(UInt16.self, order)) {
        let tag = try cursor.read(UInt16.self, order)
        // The field's type and count are always SHORT and 1; the value follows them.
        try cursor.skip(6)
        let value = try cursor.read(UInt16.self, order)
        if tag == 0x0112 { return Orientation(rawValue: value) ?? .upright }
        try cursor.skip(2)
      }
    } catch {
      return .upright
    }
    return .upright
  }
}

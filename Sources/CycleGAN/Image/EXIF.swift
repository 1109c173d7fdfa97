/// EXIF metadata, of which the orientation is used.
enum EXIF {
  /// Reads the orientation out of a TIFF structure.
  ///
  /// - Parameter tiff: From `II` or `MM` on; a leading `Exif\0\0` is skipped.
  /// - Returns: Upright where nothing or nonsense is said.
  static func orientation(in tiff: ArraySlice<UInt8>) -> Orientation {
    let tiff = tiff.starts(with: "Exif\0\0".utf8) ? tiff.dropFirst(6) : tiff
    let isLittle = tiff.starts(with: "II".utf8)
    guard isLittle || tiff.starts(with: "MM".utf8) else { return .upright }
    let reader = ByteOrderReader(bytes: tiff, isLittle: isLittle)
    guard let directory = reader.long(at: 4), let count = reader.short(at: directory) else {
      return .upright
    }
    for i in 0..<count {
      let entry = directory + 2 + 12 * i
      guard let tag = reader.short(at: entry) else { return .upright }
      guard tag == 0x0112 else { continue }
      return reader.short(at: entry + 8).flatMap { Orientation(rawValue: UInt16($0)) } ?? .upright
    }
    return .upright
  }
}

/// Reads numbers whose order of bytes the file chooses.
struct ByteOrderReader {
  /// What is read; positions count from its start.
  let bytes: ArraySlice<UInt8>
  /// Whether the lowest byte comes first.
  let isLittle: Bool

  /// Reads 2 bytes.
  ///
  /// - Parameter position: 0 is the first byte.
  /// - Returns: `nil` beyond the end.
  func short(at position: Int) -> Int? { number(at: position, count: 2) }

  /// Reads 4 bytes.
  ///
  /// - Parameter position: 0 is the first byte.
  /// - Returns: `nil` beyond the end.
  func long(at position: Int) -> Int? { number(at: position, count: 4) }

  private func number(at position: Int, count: Int) -> Int? {
    guard position >= 0, position + count <= bytes.count else { return nil }
    let digits = bytes.dropFirst(position).prefix(count)
    return (isLittle ? digits.reversed() : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
  }
}

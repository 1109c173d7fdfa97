/// NumPy's `.npy` format, as far as tensor streams use it.
///
/// Source: numpy/lib/format.py; the test `NPYTests` holds the headers against NumPy's.
public enum NPY {
  /// What an array consists of.
  public enum Element: String, Sendable {
    /// Levels and notes.
    case uint8 = "|u1"
    /// Values, little-endian.
    case float32 = "<f4"

    /// Bytes in one.
    var size: Int { self == .uint8 ? 1 : 4 }
  }

  /// The six bytes every record begins with.
  public static let magic: [UInt8] = [0x93] + "NUMPY".utf8

  /// Writes the header of an array in C order, format version 1.0, byte for byte as NumPy does.
  ///
  /// - Parameters:
  ///   - element: What the array consists of.
  ///   - shape: Extents, outermost first.
  /// - Returns: Magic, version, length and description: a multiple of 64 bytes.
  public static func header(_ element: Element, shape: [Int]) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text =
      "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(extents)), }"
    // NumPy leaves room for an outermost extent of 21 digits, so that files can grow in place.
    if let first = shape.first {
      text += String(repeating: " ", count: max(0, 21 - String(first).utf8.count))
    }
    let start = magic.count + 4
    // An aligned header gets 64 more bytes all the same.
    text += String(repeating: " ", count: 64 - (start + text.utf8.count + 1) % 64) + "\n"
    let count = text.utf8.count
    return magic + [1, 0, UInt8(count & 255), UInt8(count >> 8)] + text.utf8
  }

  /// Writes the header of a frame's array.
  ///
  /// - Parameter frame: Levels become `(height, width, channels)`, values
  ///   `(channels, height, width)`.
  /// - Returns: A multiple of 64 bytes.
  public static func header(of frame: Frame) -> [UInt8] {
    switch frame.samples {
    case .levels: header(.uint8, shape: [frame.height, frame.width, frame.channels])
    case .values: header(.float32, shape: [frame.channels, frame.height, frame.width])
    }
  }

  /// Writes a frame as a `.npy` file.
  ///
  /// - Parameter frame: Levels or values.
  /// - Returns: Header and samples.
  public static func record(of frame: Frame) -> [UInt8] {
    frame.withSampleBytes { header(of: frame) + $0 }
  }
}

extension Frame {
  /// Passes the samples as they lie in memory, which is how a record has them.
  func withSampleBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch samples {
    case .levels(let levels):
      try levels.withUnsafeBufferPointer { levels throws(Failure) in
        try body(UnsafeRawBufferPointer(levels))
      }
    case .values(let values):
      try values.withUnsafeBufferPointer { values throws(Failure) in
        try body(UnsafeRawBufferPointer(values))
      }
    }
  }
}

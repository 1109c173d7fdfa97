/// The order of a number's bytes.
package enum ByteOrder: Sendable {
  /// Least significant byte first: safetensors, NumPy, zip, pickle, protobuf, TIFF `II`.
  case littleEndian
  /// Most significant byte first: 16-bit PNM and PNG, TIFF `MM`.
  case bigEndian
}

extension FixedWidthInteger {
  /// Reads a number from all bytes of a short piece.
  ///
  /// - Parameters:
  ///   - bytes: At most as many as the type has; missing high bytes are 0.
  ///   - order: The order of the bytes.
  /// - Precondition: There are not more bytes than the type has.
  package init(_ bytes: some BidirectionalCollection<UInt8>, _ order: ByteOrder) {
    precondition(bytes.count <= Self.bitWidth / 8, "more bytes than the number has")
    self =
      switch order {
      case .littleEndian:
        bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
      case .bigEndian:
        bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
      }
  }

  /// The number's bytes.
  ///
  /// - Parameter order: The order of the bytes.
  /// - Returns: As many as the type has.
  package func bytes(_ order: ByteOrder) -> [UInt8] {
    let ordered = order == .littleEndian ? littleEndian : bigEndian
    return withUnsafeBytes(of: ordered) { Array($0) }
  }
}

extension [UInt8] {
  /// Appends a number's bytes.
  ///
  /// - Parameters:
  ///   - number: Its type says how many bytes it takes.
  ///   - order: The order of the bytes.
  package mutating func append(_ number: some FixedWidthInteger, _ order: ByteOrder) {
    self += number.bytes(order)
  }
}

/// A read goes beyond the last byte.
package struct EndOfBytes: Error, Equatable {}

/// Reads numbers and pieces from bytes in memory, each read checked against the end.
///
/// A read that fails leaves the cursor where it was. To read at a known offset, `seek(to:)` first. A
/// format reads all fields of one structure in one `do throws(EndOfBytes)` and gives the error its own
/// words:
///
///     var cursor = ByteCursor(bytes)
///     do throws(EndOfBytes) {
///       width = try cursor.read(UInt16.self, .bigEndian)
///       name = try cursor.readBytes(4)
///     } catch {
///       throw .malformed("the header ends early")
///     }
package struct ByteCursor {
  private let bytes: Buffer<UInt8>

  /// Offset of the next byte, 0 for the first.
  package private(set) var offset = 0

  /// Starts at the first byte.
  package init(_ bytes: Buffer<UInt8>) { self.bytes = bytes }

  /// Starts at the first byte.
  package init(_ bytes: [UInt8]) { self.init(Buffer(bytes)) }

  /// Bytes of the whole.
  package var count: Int { bytes.count }

  /// Bytes from the cursor to the end.
  package var remaining: Int { bytes.count - offset }

  /// Whether nothing is left.
  package var isAtEnd: Bool { remaining == 0 }

  /// Reads a number and moves behind it.
  ///
  /// - Parameters:
  ///   - type: Says how many bytes it takes.
  ///   - order: The order of the bytes.
  /// - Returns: The number.
  /// - Throws: `EndOfBytes` if there are fewer bytes.
  package mutating func read<Number: FixedWidthInteger>(
    _ type: Number.Type, _ order: ByteOrder
  ) throws(EndOfBytes) -> Number {
    Number(try readBytes(Number.bitWidth / 8), order)
  }

  /// Reads a piece and moves behind it.
  ///
  /// - Parameter count: Bytes, at least 0.
  /// - Returns: Exactly that many; its indices are not offsets.
  /// - Throws: `EndOfBytes` if there are fewer.
  package mutating func readBytes(_ count: Int) throws(EndOfBytes) -> Buffer<UInt8> {
    guard count <= remaining else { throw EndOfBytes() }
    let start = bytes.startIndex + offset
    offset += count
    return bytes[start..<start + count]
  }

  /// Moves forward.
  ///
  /// - Parameter count: Bytes, at least 0.
  /// - Throws: `EndOfBytes` if there are fewer.
  package mutating func skip(_ count: Int) throws(EndOfBytes) { _ = try readBytes(count) }

  /// Moves to an offset.
  ///
  /// - Parameter offset: 0 for the first byte, `count` for the end.
  /// - Throws: `EndOfBytes` if it lies outside.
  package mutating func seek(to offset: Int) throws(EndOfBytes) {
    guard (0...count).contains(offset) else { throw EndOfBytes() }
    self.offset = offset
  }
}

/// Takes numbers and text off the front of a piece of a zip file.
struct ZipFields {
  private let bytes: [UInt8]
  private var position = 0

  /// Begins at the first byte.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// Takes a little-endian number.
  ///
  /// - Parameter count: Its length, 2, 4 or 8 bytes.
  /// - Returns: Not negative.
  /// - Throws: `WeightsError.malformed` if there are fewer, or it is above 2^63.
  mutating func number(_ count: Int) throws(WeightsError) -> Int {
    let value = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: value) else { throw .malformed("a zip field of \(value)") }
    return number
  }

  /// Takes bytes.
  ///
  /// - Parameter count: How many.
  /// - Returns: Exactly as many.
  /// - Throws: `WeightsError.malformed` if there are fewer.
  mutating func take(_ count: Int) throws(WeightsError) -> [UInt8] {
    guard count <= bytes.count - position else {
      throw .malformed("its zip directory ends within an entry")
    }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// Passes over bytes.
  mutating func skip(_ count: Int) throws(WeightsError) { _ = try take(count) }

  /// Takes the four bytes that begin a part of a zip file.
  ///
  /// - Parameter last: The third and fourth of them, behind `PK`.
  /// - Returns: Whether they are there.
  /// - Throws: `WeightsError.malformed` if there are fewer than four.
  mutating func signature(_ last: UInt16) throws(WeightsError) -> Bool {
    try number(4) == Int(last) << 16 | 0x4B50
  }
}

/// Takes numbers and text off the front of a piece of a zip file.
struct ZipFields {
  private var cursor: ByteCursor

  /// Begins at the first byte.
  init(_ bytes: [UInt8]) { cursor = ByteCursor(bytes) }

  var isAtEnd: Bool { cursor.isAtEnd }

  /// Takes a little-endian number.
  ///
  /// - Parameter count: Its length, 2, 4 or 8 bytes.
  /// - Returns: Not negative.
  /// - Throws: `WeightsError.malformed` if there are fewer, or it is above 2^63.
  mutating func number(_ count: Int) throws(WeightsError) -> Int {
    let value = UInt64(try take(count), .littleEndian)
    guard let number = Int(exactly: value) else { throw .malformed("a zip field of \(value)") }
    return number
  }

  /// Takes bytes.
  ///
  /// - Parameter count: How many.
  /// - Returns: Exactly as many.
  /// - Throws: `WeightsError.malformed` if there are fewer.
  mutating func take(_ count: Int) throws(WeightsError) -> [UInt8] {
    do throws(EndOfBytes) { return Array(try cursor.readBytes(count)) } catch {
      throw .malformed("its zip directory ends within an entry")
    }
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

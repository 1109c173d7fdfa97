/// Writes a protocol buffers message.
///
/// A model is a few nested messages with fields of three wire types, and nothing is ever read. That is
/// this one type, where the protobuf package would be a dependency, a code generator at build time and
/// several thousand generated lines.
///
/// Source: protobuf.dev/programming-guides/encoding.
struct ProtobufWriter {
  /// What was written.
  private(set) var bytes: [UInt8] = []

  /// Writes a whole number.
  ///
  /// - Parameters:
  ///   - field: The field's number.
  ///   - value: Not negative.
  mutating func write(_ field: Int, _ value: Int) {
    key(field, wireType: 0)
    variable(UInt64(bitPattern: Int64(value)))
  }

  /// Writes a 32-bit float.
  mutating func write(_ field: Int, _ value: Float) {
    key(field, wireType: 5)
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
  }

  /// Writes text.
  mutating func write(_ field: Int, _ text: String) { write(field, Array(text.utf8)) }

  /// Writes bytes, or a message that is written already.
  mutating func write(_ field: Int, _ content: [UInt8]) {
    begin(field, count: content.count)
    bytes += content
  }

  /// Writes what stands in front of bytes, which the caller adds.
  ///
  /// - Parameters:
  ///   - field: The field's number.
  ///   - count: How many bytes will follow.
  mutating func begin(_ field: Int, count: Int) {
    key(field, wireType: 2)
    variable(UInt64(count))
  }

  /// Writes a message within this one.
  ///
  /// - Parameters:
  ///   - field: The field's number.
  ///   - fill: Writes its fields.
  mutating func write(_ field: Int, _ fill: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    fill(&inner)
    write(field, inner.bytes)
  }

  private mutating func key(_ field: Int, wireType: UInt64) {
    variable(UInt64(field) << 3 | wireType)
  }

  private mutating func variable(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// Writes a protocol buffers message: ONNX models and TensorBoard's events.
///
/// Both are a few nested messages with fields of four wire types, and nothing is ever read. That is
/// this one type, where the protobuf package would be a dependency, a code generator at build time and
/// several thousand generated lines. Every `write` takes the field's number first.
///
/// Source: protobuf.dev/programming-guides/encoding.
package struct ProtobufWriter {
  /// The message so far.
  package private(set) var bytes: [UInt8] = []

  /// Starts an empty message.
  package init() {}

  /// Writes an `int32`, `int64` or enum field.
  package mutating func write(_ field: Int, _ value: Int) {
    writeKey(field, wireType: 0)
    writeVarint(UInt64(bitPattern: Int64(value)))
  }

  /// Writes a `float` field.
  package mutating func write(_ field: Int, _ value: Float) {
    writeKey(field, wireType: 5)
    bytes.append(value.bitPattern, .littleEndian)
  }

  /// Writes a `double` field.
  package mutating func write(_ field: Int, _ value: Double) {
    writeKey(field, wireType: 1)
    bytes.append(value.bitPattern, .littleEndian)
  }

  /// Writes a `string` field.
  package mutating func write(_ field: Int, _ text: String) { write(field, Array(text.utf8)) }

  /// Writes a `bytes` field, or a message that is written already.
  package mutating func write(_ field: Int, _ content: [UInt8]) {
    begin(field, count: content.count)
    bytes += content
  }

  /// Writes a message field.
  ///
  /// - Parameters:
  ///   - field: The field's number.
  ///   - fill: Writes the inner message's fields.
  package mutating func write(_ field: Int, _ fill: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    fill(&inner)
    write(field, inner.bytes)
  }

  /// Writes key and length of a `bytes` or message field whose content the caller adds to the file.
  ///
  /// - Parameters:
  ///   - field: The field's number.
  ///   - count: Length of the content, bytes.
  package mutating func begin(_ field: Int, count: Int) {
    writeKey(field, wireType: 2)
    writeVarint(UInt64(count))
  }

  private mutating func writeKey(_ field: Int, wireType: UInt64) {
    writeVarint(UInt64(field) << 3 | wireType)
  }

  /// Seven bits a byte, the lowest first.
  private mutating func writeVarint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

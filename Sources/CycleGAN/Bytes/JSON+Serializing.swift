extension JSON {
  /// The value as JSON text without blanks or line breaks.
  public var serialized: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// The value as JSON text, as `serialized`.
  public var text: String { String(decoding: serialized, as: UTF8.self) }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let bool): bytes += (bool ? "true" : "false").utf8
    case .integer(let integer): bytes += String(integer).utf8
    case .number(let number): bytes += (number.isFinite ? "\(number)" : "null").utf8
    case .string(let string): Self.append(string, to: &bytes)
    case .array(let elements):
      for (i, element) in elements.enumerated() {
        bytes += (i == 0 ? "[" : ",").utf8
        element.append(to: &bytes)
      }
      bytes += (elements.isEmpty ? "[]" : "]").utf8
    case .object(let members):
      for (i, (name, value)) in members.enumerated() {
        bytes += (i == 0 ? "{" : ",").utf8
        Self.append(name, to: &bytes)
        bytes += ":".utf8
        value.append(to: &bytes)
      }
      bytes += (members.isEmpty ? "{}" : "}").utf8
    }
  }

  private static func append(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case 0x0A: bytes += "\\n".utf8
      case 0x09: bytes += "\\t".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        bytes += "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

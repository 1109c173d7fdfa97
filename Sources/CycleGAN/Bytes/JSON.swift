/// A JSON value.
package enum JSON: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written without fraction and exponent that fits 64 bits.
  case integer(Int)
  /// Any other number.
  case number(Double)
  /// Text.
  case string(String)
  /// A list.
  case array([JSON])
  /// Members in the order in which they were written, names unique.
  case object([(String, JSON)])

  /// Compares values; the order of an object's members counts.
  ///
  /// - Parameters:
  ///   - left: A value.
  ///   - right: Another.
  /// - Returns: Whether both are the same.
  package static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0 == $1 }
    default: false
    }
  }

  /// A member of an object; nil if there is none or this is no object.
  ///
  /// - Parameter name: Its name.
  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  /// An element of a list; nil if there is none or this is no list.
  ///
  /// - Parameter index: From 0.
  package subscript(index: Int) -> JSON? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The text, if this is text.
  package var string: String? {
    guard case .string(let string) = self else { return nil }
    return string
  }

  /// The integer, if this is one.
  package var integer: Int? {
    guard case .integer(let integer) = self else { return nil }
    return integer
  }

  /// The number, if this is one, integers included.
  package var number: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }

  /// The truth value, if this is one.
  package var bool: Bool? {
    guard case .bool(let bool) = self else { return nil }
    return bool
  }

  /// The elements, if this is a list.
  package var array: [JSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The members, if this is an object.
  package var object: [(String, JSON)]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

extension JSON {
  /// Reads JSON as RFC 8259 has it and nothing beside it.
  ///
  /// Refused are also: names that occur twice in an object, nesting deeper than 64, a byte order
  /// mark, anything after the value.
  ///
  /// - Parameter bytes: UTF-8.
  /// - Throws: `JSONError` with the position.
  package init(parsing bytes: [UInt8]) throws(JSONError) { try self.init(parsing: Buffer(bytes)) }

  /// Reads JSON, as above.
  ///
  /// - Parameter bytes: UTF-8.
  /// - Throws: `JSONError` with the position.
  package init(parsing bytes: Buffer<UInt8>) throws(JSONError) {
    self = try bytes.withUnsafeBufferPointer { bytes throws(JSONError) in
      var parser = JSONParser(bytes: bytes)
      return try parser.parse()
    }
  }
}

extension JSON {
  /// The value as JSON text without blanks or line breaks.
  package var serialized: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// The value as JSON text, as `serialized`.
  package var text: String { String(decoding: serialized, as: UTF8.self) }

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
      case 0..<0x20, 0x7F: bytes += "\\u\(padded(byte, to: 4, radix: 16))".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// Why bytes are not JSON.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  package let reason: String
  /// Where, bytes from the start.
  package let offset: Int

  /// One line for standard error, without the file name.
  package var description: String { "\(reason) at byte \(offset) of the JSON text" }
}

/// A cursor over JSON text.
private struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0

  static let maximumDepth = 64

  mutating func parse() throws(JSONError) -> JSON {
    let value = try value(depth: 0)
    skipBlanks()
    guard position == bytes.count else { throw error("something follows the value") }
    return value
  }

  func error(_ reason: String) -> JSONError { JSONError(reason: reason, offset: position) }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws(JSONError) -> JSON {
    guard depth <= Self.maximumDepth else {
      throw error("nesting deeper than \(Self.maximumDepth)")
    }
    skipBlanks()
    switch next {
    case nil: throw error("the text ends early")
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return try number()
    }
  }

  mutating func literal(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let end = position + text.utf8CodeUnitCount
    let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard end <= bytes.count, bytes[position..<end].elementsEqual(expected) else {
      throw error("not a value")
    }
    position = end
    return value
  }

  mutating func elements(depth: Int) throws(JSONError) -> [JSON] {
    position += 1
    var elements: [JSON] = []
    skipBlanks()
    if take("]") { return [] }
    while true {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if take("]") { return elements }
      guard take(",") else { throw error("expected , or ]") }
    }
  }

  mutating func members(depth: Int) throws(JSONError) -> [(String, JSON)] {
    position += 1
    var members: [(String, JSON)] = []
    var names: Set<String> = []
    skipBlanks()
    if take("}") { return [] }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw error("expected a name") }
      let name = try string()
      guard names.insert(name).inserted else {
        throw error("the name \(escaped(Array(name.utf8.prefix(80)))) occurs twice")
      }
      skipBlanks()
      guard take(":") else { throw error("expected :") }
      members.append((name, try value(depth: depth + 1)))
      skipBlanks()
      if take("}") { return members }
      guard take(",") else { throw error("expected , or }") }
    }
  }

  mutating func digits() throws(JSONError) {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw error("not a value") }
  }

  mutating func number() throws(JSONError) -> JSON {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    var isInteger = true
    if take(".") {
      isInteger = false
      try digits()
    }
    if take("e") || take("E") {
      isInteger = false
      _ = take("+") || take("-")
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, text != "-0", let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw error("number out of range") }
    return .number(number)
  }

  mutating func string() throws(JSONError) -> String {
    position += 1
    var text: [UInt8] = []
    var start = position
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        text += bytes[start..<position]
        guard let string = String(validating: text, as: UTF8.self) else {
          throw error("text that is not UTF-8")
        }
        position += 1
        return string
      case UInt8(ascii: "\\"):
        text += bytes[start..<position]
        text += try escape()
        start = position
      case 0..<0x20: throw error("a control character in text")
      default: position += 1
      }
    }
    throw error("the text ends early")
  }

  private mutating func escape() throws(JSONError) -> [UInt8] {
    position += 1
    guard let byte = next else { throw error("the text ends early") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try Array(String(scalar()).utf8)
    default: throw error("an unknown escape")
    }
  }

  private mutating func scalar() throws(JSONError) -> Character {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return Character(scalar) }
    guard (0xD800...0xDBFF).contains(first), take("\\"), take("u") else {
      throw error("half a surrogate pair")
    }
    let second = try codeUnit()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw error("half a surrogate pair") }
    return Character(scalar)
  }

  private mutating func codeUnit() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw error("the text ends early") }
    var unit: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw error("an escape without four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
    }
    position += 4
    return unit
  }
}

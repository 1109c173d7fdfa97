/// NumPy's `.npy` format, as far as tensor streams use it.
///
/// Source: numpy/lib/format.py; the test `NPYTests` holds the headers against NumPy's.
package enum NPY {
  /// What an array consists of.
  package enum Element: String, Sendable {
    /// Samples of images, and notes.
    case uint8 = "|u1"
    /// Samples in the networks' range, little-endian.
    case float32 = "<f4"

    /// Bytes in one.
    var size: Int { self == .uint8 ? 1 : 4 }
  }

  /// The six bytes every record begins with.
  package static let magic: [UInt8] = [0x93] + "NUMPY".utf8

  /// Writes the header of an array in C order, format version 1.0, byte for byte as NumPy does.
  ///
  /// - Parameters:
  ///   - element: What the array consists of.
  ///   - shape: Extents, outermost first.
  /// - Returns: Magic, version, length and description: a multiple of 64 bytes.
  package static func header(_ element: Element, shape: [Int]) -> [UInt8] {
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
    return magic + [1, 0] + UInt16(count).bytes(.littleEndian) + text.utf8
  }

  /// Writes the header of a frame's array.
  ///
  /// - Parameter frame: uint8 samples become `(height, width, channels)`, float32 samples
  ///   `(channels, height, width)`.
  /// - Returns: A multiple of 64 bytes.
  package static func header(of frame: Frame) -> [UInt8] {
    switch frame.samples {
    case .uint8: header(.uint8, shape: [frame.height, frame.width, frame.channels])
    case .float32: header(.float32, shape: [frame.channels, frame.height, frame.width])
    }
  }

  /// Writes a frame as a `.npy` file.
  ///
  /// - Parameter frame: uint8 or float32 samples.
  /// - Returns: Header and samples.
  /// - Throws: `OutOfMemory`.
  package static func record(of frame: Frame) throws(OutOfMemory) -> Buffer<UInt8> {
    let header = Buffer(header(of: frame))
    return try frame.withSampleBytes { samples throws(OutOfMemory) in
      let record = try MutableBuffer<UInt8>(capacity: header.count + samples.count)
      try record.append(header)
      try record.append(samples.bindMemory(to: UInt8.self))
      return record.frozen()
    }
  }
}

extension Frame {
  /// Passes the samples as they lie in memory, which is how a record has them.
  func withSampleBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch samples {
    case .uint8(let samples): try samples.withUnsafeBytes(body)
    case .float32(let samples): try samples.withUnsafeBytes(body)
    }
  }
}

/// The description in a record's header, a Python dictionary.
struct NPYDescription: Equatable {
  /// NumPy's word for what the array consists of, such as `<f4`.
  var element = ""
  /// Whether the first index varies fastest, as in Fortran.
  var isFortranOrder = false
  /// Extents, outermost first.
  var shape: [Int] = []

  /// Reads the dictionary.
  ///
  /// Accepted is what NumPy writes, in any order and spacing: the three members, once each.
  ///
  /// - Parameter text: What follows the length, to its last byte, a line feed.
  /// - Throws: `NPYSyntaxError` if it is something else.
  init(parsing text: [UInt8]) throws(NPYSyntaxError) {
    guard text.last == 0x0A else { throw NPYSyntaxError(reason: "its header has no line end") }
    var parser = Parser(text: text.dropLast())
    var names: Set<String> = []
    try parser.expect("{")
    while !parser.take("}") {
      let name = try parser.string()
      guard names.insert(name).inserted else {
        throw NPYSyntaxError(reason: "its header has '\(escaped(Array(name.utf8)))' twice")
      }
      try parser.expect(":")
      switch name {
      case "descr": element = try parser.string()
      case "fortran_order": isFortranOrder = try parser.bool()
      case "shape": shape = try parser.shape()
      default:
        throw NPYSyntaxError(reason: "its header has '\(escaped(Array(name.utf8)))'")
      }
      if parser.take("}") { break }
      try parser.expect(",")
    }
    guard names.count == 3 else {
      throw NPYSyntaxError(reason: "its header lacks descr, fortran_order or shape")
    }
    guard parser.isAtEnd else { throw NPYSyntaxError(reason: "its header does not end with }") }
  }
}

/// Why a header is not one of NumPy's.
struct NPYSyntaxError: Error {
  let reason: String
}

/// A cursor over the dictionary.
private struct Parser {
  private var rest: ArraySlice<UInt8>

  static let maximumRank = 32

  init(text: ArraySlice<UInt8>) { rest = text }

  var isAtEnd: Bool { rest.allSatisfy { $0 == 0x20 } }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    rest = rest.drop { $0 == 0x20 }
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(NPYSyntaxError) {
    guard take(character) else {
      throw NPYSyntaxError(reason: "its header has no \(character) where there should be one")
    }
  }

  mutating func string() throws(NPYSyntaxError) -> String {
    let isDouble = take("\"")
    if !isDouble { try expect("'") }
    let quote = UInt8(ascii: isDouble ? "\"" : "'")
    guard let end = rest.firstIndex(of: quote) else {
      throw NPYSyntaxError(reason: "its header has an open quote")
    }
    let content = rest[..<end]
    guard content.count <= 64, content.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
      throw NPYSyntaxError(reason: "its header has unreadable text")
    }
    rest = rest[(end + 1)...]
    return String(decoding: content, as: UTF8.self)
  }

  mutating func bool() throws(NPYSyntaxError) -> Bool {
    for (word, value) in [("True", true), ("False", false)] where take(word) { return value }
    throw NPYSyntaxError(reason: "its header has fortran_order neither True nor False")
  }

  private mutating func take(_ word: String) -> Bool {
    rest = rest.drop { $0 == 0x20 }
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    return true
  }

  mutating func shape() throws(NPYSyntaxError) -> [Int] {
    var shape: [Int] = []
    try expect("(")
    while !take(")") {
      guard shape.count < Self.maximumRank else {
        throw NPYSyntaxError(reason: "it has more than \(Self.maximumRank) dimensions")
      }
      shape.append(try extent())
      if take(")") { break }
      try expect(",")
    }
    return shape
  }

  private mutating func extent() throws(NPYSyntaxError) -> Int {
    rest = rest.drop { $0 == 0x20 }
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest.dropFirst(digits.count)
    guard !digits.isEmpty else { throw NPYSyntaxError(reason: "its shape has no numbers") }
    let text = String(decoding: digits.prefix(40), as: UTF8.self)
    guard digits.count <= 19, let extent = Int(text) else {
      throw NPYSyntaxError(reason: "its shape has a dimension of \(text)")
    }
    return extent
  }
}

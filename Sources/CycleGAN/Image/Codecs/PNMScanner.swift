/// Reads the words of a Netpbm file one by one, comments aside.
struct PNMScanner {
  /// The whole file.
  let bytes: [UInt8]
  /// Where the next byte stands.
  var position: Int

  /// Whether Netpbm takes a byte for white space.
  ///
  /// - Parameter byte: Any byte.
  /// - Returns: True for space, tab, newline and their like.
  static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Moves to the next byte that is neither blank nor part of a comment.
  mutating func skipBlanks() {
    while let byte = next {
      if byte == UInt8(ascii: "#") {
        skipLine()
      } else if Self.isBlank(byte) {
        position += 1
      } else {
        return
      }
    }
  }

  /// Moves behind the next newline.
  mutating func skipLine() {
    while let byte = next {
      position += 1
      if byte == 10 { return }
    }
  }

  /// Reads up to the next blank or comment.
  ///
  /// - Returns: The word; what is longer than any word of a header is damage.
  /// - Throws: `CodecError.truncated` if the file ends before or right behind the word.
  mutating func word() throws(CodecError) -> String {
    skipBlanks()
    let start = position
    while let byte = next, !Self.isBlank(byte), byte != UInt8(ascii: "#") {
      position += 1
      guard position - start <= 64 else {
        throw .damaged(.ppm, reason: "the header has a word of more than 64 bytes")
      }
    }
    guard position < bytes.count else {
      throw .truncated(.ppm, reason: "it ends in the header, after \(bytes.count) bytes")
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Reads a whole number of the header.
  ///
  /// - Parameters:
  ///   - name: What the number is, for the message.
  ///   - range: What it may be.
  /// - Returns: The number.
  /// - Throws: `CodecError` if it is not a number in the range.
  mutating func number(_ name: String, in range: ClosedRange<Int>) throws(CodecError) -> Int {
    let word = try word()
    guard word.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int(word) else {
      throw .damaged(.ppm, reason: "the \(name) is not a whole number")
    }
    guard range.contains(number) else {
      let bounds = "\(range.lowerBound) to \(range.upperBound)"
      throw .damaged(.ppm, reason: "the \(name) is \(number), which is not \(bounds)")
    }
    return number
  }

  /// Moves over the one blank, or the comment, that ends a header.
  mutating func skipDelimiter() {
    if next == UInt8(ascii: "#") { skipLine() } else { position += 1 }
  }
}

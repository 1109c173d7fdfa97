/// Base64 as in RFC 4648, for bytes that have to travel inside text.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Writes bytes as text.
  ///
  /// - Parameter bytes: Any.
  /// - Returns: Four characters for every three bytes, padded with `=`.
  static func encoded(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var characters: [UInt8] = []
      for i in 0..<4 {
        characters.append(i < 3 - group.count ? UInt8(ascii: "=") : alphabet[word & 63])
        word >>= 6
      }
      text += characters.reversed()
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads text that `encoded` wrote.
  ///
  /// - Parameter text: With its padding.
  /// - Returns: The bytes, nil if the text is not Base64.
  static func decoded(_ text: String) -> [UInt8]? {
    let characters = Array(text.utf8)
    let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard characters.count.isMultiple(of: 4), padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    var word = 0
    for (i, character) in characters.enumerated() {
      let isPadding = i >= characters.count - padding
      guard let digit = isPadding ? 0 : alphabet.firstIndex(of: character) else { return nil }
      word = word << 6 | digit
      if i % 4 == 3 {
        bytes += [UInt8(word >> 16), UInt8(word >> 8 & 255), UInt8(word & 255)]
        word = 0
      }
    }
    bytes.removeLast(padding)
    return bytes
  }
}

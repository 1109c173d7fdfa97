extension FilePath {
  /// The path in one line that cannot disturb a terminal or forge a message.
  ///
  /// Control characters, what turns or breaks a line in Unicode, and bytes that are not UTF-8
  /// become `\n`, `\t`, `\r` or `\xNN`; a backslash is doubled, so that the text can be undone.
  public var escaped: String { CycleGAN.escaped(bytes) }
}

/// Makes bytes from outside safe to print, as `FilePath.escaped` does.
///
/// - Parameter bytes: Any.
/// - Returns: One line.
public func escaped(_ bytes: [UInt8]) -> String {
  var text = ""
  var decoder = Unicode.UTF8.ForwardParser()
  var input = bytes.makeIterator()
  var position = 0
  while true {
    switch decoder.parseScalar(from: &input) {
    case .emptyInput:
      return text
    case .error(let length):
      text += bytes[position..<position + length].map(hexadecimal).joined()
      position += length
    case .valid(let encoded):
      text += escaped(Unicode.UTF8.decode(encoded), bytes[position..<position + encoded.count])
      position += encoded.count
    }
  }
}

private func escaped(_ scalar: Unicode.Scalar, _ bytes: ArraySlice<UInt8>) -> String {
  switch scalar {
  case "\\": "\\\\"
  case "\n": "\\n"
  case "\r": "\\r"
  case "\t": "\\t"
  case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": bytes.map(hexadecimal).joined()
  // Direction marks and overrides, line and paragraph separators, the byte order mark.
  case "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FEFF}":
    bytes.map(hexadecimal).joined()
  default: String(Character(scalar))
  }
}

private func hexadecimal(_ byte: UInt8) -> String {
  "\\x" + padded(byte, to: 2, radix: 16)
}

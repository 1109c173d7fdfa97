import Glibc

/// The path of a file: bytes, as the system has them, in any encoding or none.
///
/// The bytes stay as they were given, repeated and trailing slashes included, since names in streams,
/// lists and messages have to match the user's.
public struct FilePath: Sendable, Hashable, CustomStringConvertible {
  /// The bytes, without a NUL.
  public let bytes: [UInt8]

  /// Takes the bytes as they are.
  ///
  /// - Parameter bytes: A NUL, which no path can hold, becomes U+FFFD.
  public init(bytes: [UInt8]) {
    self.bytes =
      bytes.contains(0) ? bytes.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] } : bytes
  }

  /// Takes the UTF-8 of a text.
  ///
  /// - Parameter string: Any text.
  public init(_ string: String) {
    self.init(bytes: Array(string.utf8))
  }

  /// The path as text; bytes that are not UTF-8 become U+FFFD.
  public var string: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether the path is UTF-8, so that `string` names the same file.
  public var isText: Bool { String(validating: bytes, as: UTF8.self) != nil }

  /// The path, safe to print: see `escaped`.
  public var description: String { escaped }

  /// Whether something of this name is there, links followed.
  public var exists: Bool { withCString { access($0, F_OK) } == 0 }

  /// Passes the path to a C function.
  ///
  /// - Parameter body: Gets the path, ended by a NUL.
  /// - Returns: What `body` returns.
  public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { memory in
      for (i, byte) in bytes.enumerated() { memory[i] = CChar(bitPattern: byte) }
      memory[bytes.count] = 0
      return body(UnsafePointer(memory.baseAddress.unsafelyUnwrapped))
    }
  }
}

extension FilePath {
  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")

  /// What follows the last slash; slashes at the very end do not count.
  public var lastComponent: FilePath {
    let trimmed = withoutTrailingSlashes
    guard let slash = trimmed.lastIndex(of: Self.slash) else { return FilePath(bytes: trimmed) }
    return FilePath(bytes: trimmed.count == 1 ? trimmed : Array(trimmed[(slash + 1)...]))
  }

  /// The folder that holds it, `.` if the path names none.
  public var directory: FilePath {
    let trimmed = withoutTrailingSlashes
    guard let slash = trimmed.lastIndex(of: Self.slash) else { return FilePath(".") }
    return FilePath(bytes: FilePath(bytes: Array(trimmed[...slash])).withoutTrailingSlashes)
  }

  /// What follows the last dot of the last component, without the dot; empty if there is none.
  public var fileExtension: String {
    let name = lastComponent.bytes
    guard let dot = name.lastIndex(of: Self.dot), dot > 0 else { return "" }
    return String(decoding: name[(dot + 1)...], as: UTF8.self)
  }

  /// The last component without its extension.
  public var stem: FilePath {
    let name = lastComponent.bytes
    guard let dot = name.lastIndex(of: Self.dot), dot > 0 else { return lastComponent }
    return FilePath(bytes: Array(name[..<dot]))
  }

  /// The path with another extension.
  ///
  /// - Parameter fileExtension: Without the dot; empty for none.
  /// - Returns: `photos/a.jpg` becomes `photos/a.png`.
  public func replacingExtension(with fileExtension: String) -> FilePath {
    var trimmed = withoutTrailingSlashes
    trimmed.removeLast(lastComponent.bytes.count - stem.bytes.count)
    if !fileExtension.isEmpty { trimmed += [Self.dot] + fileExtension.utf8 }
    return FilePath(bytes: trimmed)
  }

  /// A path below this one.
  ///
  /// - Parameter other: Relative; an absolute path loses its leading slashes.
  /// - Returns: Both, with one slash between.
  public func appending(_ other: FilePath) -> FilePath {
    let relative = Array(other.bytes.drop { $0 == Self.slash })
    if bytes.isEmpty || bytes.last == Self.slash { return FilePath(bytes: bytes + relative) }
    return FilePath(bytes: bytes + [Self.slash] + relative)
  }

  /// A path below this one.
  ///
  /// - Parameter other: Relative; an absolute path loses its leading slashes.
  /// - Returns: Both, with one slash between.
  public func appending(_ other: String) -> FilePath { appending(FilePath(other)) }

  /// Whether it starts at the root.
  public var isAbsolute: Bool { bytes.first == Self.slash }

  /// The components between the slashes.
  public var components: [FilePath] {
    bytes.split(separator: Self.slash).map { FilePath(bytes: Array($0)) }
  }

  private var withoutTrailingSlashes: [UInt8] {
    var trimmed = bytes
    while trimmed.count > 1, trimmed.last == Self.slash { trimmed.removeLast() }
    return trimmed
  }
}

extension FilePath {
  /// The path in one line that cannot disturb a terminal or forge a message.
  ///
  /// Control characters, Unicode's direction marks and line separators, and bytes that are not UTF-8
  /// become `\n`, `\t`, `\r` or `\xNN`; a backslash is doubled, so that the text can be undone.
  public var escaped: String { CycleGAN.escaped(bytes) }
}

/// Makes bytes from outside safe to print, as `FilePath.escaped` does.
///
/// - Parameter bytes: Any.
/// - Returns: One line.
package func escaped(_ bytes: [UInt8]) -> String {
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

/// Reads the words of a Netpbm header one by one.
struct PNMScanner {
  /// Whether Netpbm takes a byte for white space.
  ///
  /// - Parameter byte: Any byte.
  /// - Returns: True for space, tab, newline and their like.
  static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }
}

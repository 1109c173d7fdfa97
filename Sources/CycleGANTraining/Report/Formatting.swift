import Glibc

extension Double {
  /// The number as `printf` writes it with `%g`: without zeros at its end, with an exponent where it
  /// is very large or small.
  ///
  /// - Parameter digits: How many count, at most 17.
  /// - Returns: `0.25`, `12`, `1e-05`.
  func text(digits: Int) -> String {
    var text = [CChar](repeating: 0, count: 40)
    let count = withVaList([Int32(digits), self]) { vsnprintf(&text, text.count, "%.*g", $0) }
    return String(decoding: text[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Writes the time of the clock as UTC, to the second.
///
/// - Parameter format: Of `strftime`, for at most 31 characters.
/// - Returns: Such as `2026-11-24 17:08:22`.
func universalTime(_ format: String) -> String {
  var (now, parts) = (time(nil), tm())
  gmtime_r(&now, &parts)
  var text = [CChar](repeating: 0, count: 32)
  let count = strftime(&text, text.count, format, &parts)
  return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

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

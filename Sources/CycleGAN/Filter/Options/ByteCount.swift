import ArgumentParser

/// A number of bytes as the user writes it: `1000000`, `500k`, `1.5G`.
package struct ByteCount: ExpressibleByArgument, Sendable {
  /// The number, at least 0.
  package let bytes: Int

  /// Reads a number of at least 0 and, behind it, nothing or one of K, M, G and T, in any case:
  /// powers of 1024.
  ///
  /// - Parameter argument: Digits, with decimals only where there is a suffix.
  package init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units = ["": 0, "K": 10, "M": 20, "G": 30, "T": 40]
    let suffix = argument.dropFirst(digits.count).uppercased()
    guard let power = units[suffix] else { return nil }
    if let number = Int(digits) {
      guard number <= Int.max >> power else { return nil }
      bytes = number << power
      return
    }
    guard power > 0, digits.first != ".", digits.last != ".", let number = Double(digits),
      number < Double(Int.max >> power)
    else { return nil }
    bytes = Int(number * Double(1 << power))
  }
}

/// A number of bytes of at least 1, or `unlimited`.
struct ByteLimit: ExpressibleByArgument, Sendable {
  let value: Int

  init(_ value: Int) { self.value = value }

  init?(argument: String) {
    if let unlimited = Limit(argument: argument) {
      value = unlimited.value
      return
    }
    // One less, as unlimited is.
    guard let count = ByteCount(argument: argument), (1..<Int.max).contains(count.bytes) else {
      return nil
    }
    value = count.bytes
  }

  var defaultValueDescription: String { String(value) }

  static var defaultCompletionKind: CompletionKind { Limit.defaultCompletionKind }
}

/// Writes a number with zeros in front.
///
/// - Parameters:
///   - number: At least 0.
///   - count: The least number of digits; larger numbers have more.
///   - radix: 2...36; digits above 9 are lower-case letters.
/// - Returns: `000042` for 42 and 6.
package func padded(_ number: some BinaryInteger, to count: Int, radix: Int = 10) -> String {
  let digits = String(number, radix: radix)
  return String(repeating: "0", count: max(0, count - digits.count)) + digits
}

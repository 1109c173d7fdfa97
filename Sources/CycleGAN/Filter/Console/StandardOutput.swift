import Glibc

/// Standard output, every write of it checked.
package enum StandardOutput {
  /// Writes text.
  ///
  /// - Parameter text: With its line ends.
  /// - Throws: `ToolError` if it cannot be written.
  package static func write(_ text: String) throws(ToolError) { try write(Array(text.utf8)) }

  /// Writes bytes.
  ///
  /// - Parameter bytes: Any.
  /// - Throws: `ToolError` if they cannot be written.
  package static func write(_ bytes: [UInt8]) throws(ToolError) { try write(Buffer(bytes)) }

  /// Writes bytes.
  ///
  /// - Parameter bytes: Any.
  /// - Throws: `ToolError` if they cannot be written.
  package static func write(_ bytes: Buffer<UInt8>) throws(ToolError) {
    try checked { () throws(SystemError) in
      try ProgressLine.write(bytes, to: STDOUT_FILENO)
    }
  }

  /// Runs something that writes to standard output.
  static func checked(_ body: () throws(SystemError) -> Void) throws(ToolError) {
    do throws(SystemError) { try body() } catch {
      throw ToolError(.inputOutput, "standard output: \(error)")
    }
  }
}

/// Writes a number with a fixed count of digits behind the point.
///
/// - Parameters:
///   - number: Any; infinity is `inf`, and what is no number is `nan`.
///   - digits: Behind the point, 0...9.
/// - Returns: Rounded to the nearest.
package func fixed(_ number: Double, _ digits: Int) -> String {
  guard number.isFinite, abs(number) < 1e9 else {
    return number.isNaN ? "nan" : number.isFinite ? "\(number)" : number < 0 ? "-inf" : "inf"
  }
  let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
  let scaled = Int((abs(number) * scale).rounded())
  let text = String(scaled)
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  let sign = number < 0 && scaled > 0 ? "-" : ""
  return sign + padded.dropLast(digits) + (digits > 0 ? "." + padded.suffix(digits) : "")
}

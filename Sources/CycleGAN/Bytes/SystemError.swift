import Glibc

/// A system call that failed, or that was not made for a reason of our own.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The value of `errno`.
  public let code: Int32
  /// What is said in place of the system's words.
  private let reason: String?

  /// Whether no call was made, so that trying again changes nothing.
  package var isRefusal: Bool { reason != nil }

  /// Wraps a value of `errno`.
  ///
  /// - Parameter code: As the call left it.
  public init(code: Int32) {
    self.init(code: code, reason: nil)
  }

  /// Refuses to make a call.
  ///
  /// - Parameters:
  ///   - code: What the system would say.
  ///   - reason: What is said instead.
  init(code: Int32, reason: String?) {
    (self.code, self.reason) = (code, reason)
  }

  /// What `errno` says now.
  public static var current: SystemError { SystemError(code: errno) }

  /// The system's own words, such as "No space left on device".
  public var description: String {
    if let reason { return reason }
    var text = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// Repeats a system call that a signal interrupted.
///
/// - Parameter call: Returns -1 and sets `errno` when it fails.
/// - Returns: What the call returned.
/// - Throws: Any failure but `EINTR`.
@discardableResult
func retryingInterrupted(_ call: () -> Int32) throws(SystemError) -> Int32 {
  while true {
    let result = call()
    if result != -1 { return result }
    guard errno == EINTR else { throw .current }
  }
}

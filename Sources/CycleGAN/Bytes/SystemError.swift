import Glibc

/// A system call that failed.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The value of `errno`.
  public let code: Int32

  /// Wraps a value of `errno`.
  ///
  /// - Parameter code: As the call left it.
  public init(code: Int32) {
    self.code = code
  }

  /// What `errno` says now.
  public static var current: SystemError { SystemError(code: errno) }

  /// The system's own words, such as "No space left on device".
  public var description: String {
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

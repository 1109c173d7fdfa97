import Glibc
import Synchronization

/// What a tool says on stderr: one line a message, safe to print whatever the names are.
///
/// Usable from every thread; lines never mix.
public final class Diagnostics: Sendable {
  /// The tool's name.
  public let tool: String

  fileprivate struct State {
    var failed = 0
    var bar = ""
  }
  private let state = Mutex(State())

  /// Speaks for a tool.
  ///
  /// - Parameter tool: Its name.
  public init(tool: String) { self.tool = tool }

  /// Inputs that failed so far.
  public var failures: Int { state.withLock { $0.failed } }

  /// Says a sentence.
  ///
  /// - Parameter text: Without the tool's name; control characters in names are escaped already.
  public func say(_ text: String) {
    state.withLock { $0.write(tool + ": " + text) }
  }

  /// Names an input that failed, and counts it.
  ///
  /// - Parameters:
  ///   - name: The input.
  ///   - reason: Why.
  public func fail(_ name: String, _ reason: String) {
    state.withLock { state in
      state.failed += 1
      state.write("\(tool): \(name): \(reason)")
    }
  }

  /// Shows a line that the next one replaces.
  ///
  /// - Parameters:
  ///   - text: What to show; empty takes it away.
  ///   - inPlace: Whether stderr is a terminal; otherwise the text is a line of its own.
  func show(_ text: String, inPlace: Bool) {
    state.withLock { state in
      guard inPlace else { return Self.put(text + "\n") }
      // Carriage return, the text, erase what the longer line before left.
      Self.put("\r" + text + "\u{1B}[K")
      state.bar = text
    }
  }

  fileprivate static func put(_ text: String) {
    // Nobody can be told where stderr itself fails; the exit status still says what happened.
    try? ByteWriter(descriptor: STDERR_FILENO).write(Array(text.utf8))
  }
}

extension Diagnostics.State {
  fileprivate func write(_ line: String) {
    guard !bar.isEmpty else { return Diagnostics.put(line + "\n") }
    Diagnostics.put("\r\u{1B}[K" + line + "\n" + bar)
  }
}

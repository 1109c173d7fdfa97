import Glibc

/// What a tool says on stderr: one line a message, safe to print whatever the names are.
///
/// Usable from every thread; lines never mix.
package final class Diagnostics: Sendable {
  /// The tool's name.
  package let tool: String

  fileprivate struct State {
    let descriptor: Int32
    var failed = 0
  }
  private let state: Locked<State>

  /// Speaks for a tool.
  ///
  /// - Parameters:
  ///   - tool: Its name.
  ///   - descriptor: Where messages go.
  package init(tool: String, descriptor: Int32 = STDERR_FILENO) {
    self.tool = tool
    state = Locked(State(descriptor: descriptor))
  }

  /// Inputs that failed so far.
  package var failures: Int { state.withLock { $0.failed } }

  /// Says a sentence.
  ///
  /// - Parameter text: Without the tool's name; control characters in names are escaped already.
  package func say(_ text: String) {
    state.withLock { $0.write(tool + ": " + text) }
  }

  /// Names an input that failed, and counts it.
  ///
  /// - Parameters:
  ///   - name: The input.
  ///   - reason: Why.
  package func fail(_ name: String, _ reason: String) {
    state.withLock { state in
      state.failed += 1
      state.write("\(tool): \(name): \(reason)")
    }
  }

  /// Says how far the tool is, in a line without its name.
  ///
  /// - Parameter text: The line.
  func report(_ text: String) {
    state.withLock { $0.write(text) }
  }
}

extension Diagnostics.State {
  fileprivate func write(_ line: String) {
    // Nobody can be told where stderr itself fails; the exit status still says what happened.
    try? ProgressLine.write(Buffer(Array((line + "\n").utf8)), to: descriptor)
  }
}

/// How much a tool says.
package enum Verbosity: Sendable {
  /// Only what went wrong.
  case quiet
  /// Also what a person should know.
  case normal
  /// Also a line for every file.
  case verbose
}

import Dispatch
import Synchronization

/// Runs one task on a thread of its own, and keeps why it ended.
final class Writer: Sendable {
  private let failure = Mutex<ToolError?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  /// Starts the task.
  ///
  /// - Parameters:
  ///   - task: What to do.
  ///   - afterwards: What follows in any case.
  init(
    _ task: @escaping @Sendable () throws(ToolError) -> Void,
    afterwards: @escaping @Sendable () -> Void
  ) {
    DispatchQueue(label: "writer").async { [self] in
      let failed = attempt(task)
      failure.withLock { $0 = failed }
      afterwards()
      ended.signal()
    }
  }

  /// Whether the task has thrown already.
  var hasFailed: Bool { failure.withLock { $0 != nil } }

  /// Waits for the task.
  ///
  /// - Throws: What it threw.
  func finish() throws(ToolError) {
    ended.wait()
    if let failure = failure.withLock({ $0 }) { throw failure }
  }
}

/// Runs a task.
///
/// - Parameter task: What to do.
/// - Returns: What it threw; nil if nothing.
func attempt(_ task: () throws(ToolError) -> Void) -> ToolError? {
  do throws(ToolError) { try task() } catch { return error }
  return nil
}

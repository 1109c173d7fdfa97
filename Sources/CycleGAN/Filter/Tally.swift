import Glibc

/// Counts images, names those that fail, and knows the exit status.
package final class Tally: Sendable {
  private struct State {
    var done = 0
    var failed = 0
    var worst = ExitStatus.done
    var failures: ByteWriter?
    let bar: ProgressBar
    var isFinished = false
  }

  private let diagnostics: Diagnostics
  private let options: ReportOptions
  private let total: Int?
  private let state: Locked<State>

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - diagnostics: Where failures are named.
  ///   - options: What is said.
  ///   - total: How many images there will be; nil if nobody knows.
  /// - Throws: `ToolError` if the file for failures cannot be made.
  package init(
    _ diagnostics: Diagnostics, _ options: ReportOptions, total: Int?
  ) throws(ToolError) {
    self.diagnostics = diagnostics
    self.options = options
    self.total = total
    var failures: ByteWriter?
    if let path = options.failures {
      let descriptor = path.withCString {
        open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      }
      guard descriptor >= 0 else { throw ToolError.writing(path, .current) }
      failures = ByteWriter(descriptor: descriptor)
    }
    state = Locked(
      State(failures: failures, bar: ProgressBar(options.barMode, diagnostics)))
  }

  /// Whether every stream that was read came to its end.
  package var isWhole: Bool { state.withLock { $0.worst != .badData } }

  /// Counts an image.
  ///
  /// - Parameters:
  ///   - identity: Which one.
  ///   - failure: Why it failed; nil if it is done.
  ///   - isPassedOn: Whether a filter further on names what failed upstream.
  /// - Throws: `ToolError` if the first failure ends everything, or cannot be written down.
  package func count(
    _ identity: Input.Identity, _ failure: InputFailure?, isPassedOn: Bool
  ) throws(ToolError) {
    if let failure {
      try state.withLock { state throws(ToolError) in try record(failure, identity, &state) }
      let upstream = failure.isUpstream ? "failed upstream: " : ""
      if !(failure.isUpstream && isPassedOn) {
        diagnostics.fail(identity.label, upstream + failure.reason)
      }
      if options.failFast { throw ToolError(status, lines: []) }
    } else {
      if options.verbosity == .verbose { diagnostics.say("\(identity.label): done") }
      state.withLock { $0.done += 1 }
    }
    show()
  }

  /// Keeps the progress bar moving and SIGUSR1 answered while an image takes its time.
  func startProgress() throws(ToolError) {
    do throws(SystemError) {
      try BlockingThread { [self] in
        while show() { usleep(100_000) }
      }.detach()
    } catch {
      throw ToolError(noThread: error)
    }
  }

  /// Draws the progress bar where it is time.
  ///
  /// - Returns: False once there is nothing more to show.
  @discardableResult
  private func show() -> Bool {
    state.withLock { state in
      guard !state.isFinished else { return false }
      state.bar.update(done: state.done + state.failed, total: total, unit: "images")
      return true
    }
  }

  private func record(
    _ failure: InputFailure, _ identity: Input.Identity, _ state: inout State
  ) throws(ToolError) {
    state.failed += 1
    // A stream without an end weighs more than a missing file, and that more than a bad image.
    let order: [ExitStatus] = [.done, .someFailed, .cannotCreate, .noInput, .badData]
    let (old, new) = (order.firstIndex(of: state.worst), order.firstIndex(of: failure.status))
    if (new ?? 1) > (old ?? 0) { state.worst = failure.status }
    guard identity.isPath else { return }
    do throws(SystemError) { try state.failures?.write(identity.name.bytes + [0]) } catch {
      throw ToolError(.inputOutput, "\(options.failures ?? FilePath("--failures")): \(error)")
    }
  }

  /// The exit status, as far as it is known now.
  package var status: ExitStatus {
    state.withLock { state in
      guard state.failed > 0 else { return .done }
      return state.worst == .someFailed && state.done == 0 ? .badData : state.worst
    }
  }

  /// Takes the progress bar away, and says how it ended if something failed.
  ///
  /// - Throws: `ToolError` with the exit status unless everything is done.
  package func finish() throws(ToolError) {
    let (done, failed) = state.withLock { state in
      state.bar.finish()
      state.isFinished = true
      return (state.done, state.failed)
    }
    if Interrupts.wantsStop {
      if options.verbosity != .quiet {
        diagnostics.say("stopped by a signal, \(done) images done")
      }
      return
    }
    guard failed > 0 else { return }
    throw ToolError(status, "\(done) of \(done + failed) images done, \(failed) failed")
  }
}

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
      try OutputFolder.make(path.directory)
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
    let order: [ExitStatus] = [
      .done, .someFailed, .outOfMemory, .cannotCreate, .inputOutput, .noInput, .badData,
    ]
    let (old, new) = (order.firstIndex(of: state.worst), order.firstIndex(of: failure.status))
    if (new ?? 1) > (old ?? 0) { state.worst = failure.status }
    try list(identity, &state)
  }

  /// Writes down an image that was counted as done and could not be written.
  func list(_ identity: Input.Identity) throws(ToolError) {
    try state.withLock { state throws(ToolError) in try list(identity, &state) }
  }

  private func list(_ identity: Input.Identity, _ state: inout State) throws(ToolError) {
    guard identity.isPath else { return }
    do throws(SystemError) { try state.failures?.write(identity.name.bytes + [0]) } catch {
      throw ToolError(.inputOutput, "\(options.failures ?? FilePath("--failures")): \(error)")
    }
  }

  /// The exit status, as far as it is known now.
  package var status: ExitStatus {
    state.withLock { state in
      guard state.failed > 0 else { return .done }
      switch state.worst {
      case .someFailed: return state.done == 0 ? .badData : .someFailed
      // Where some images were done, the others were too large, and not everything.
      case .outOfMemory: return state.done == 0 ? .outOfMemory : .someFailed
      default: return state.worst
      }
    }
  }

  /// Adds to an error that ends the run how many images are done.
  ///
  /// - Parameter error: Why the run ends.
  /// - Returns: The error, with a line more if any are.
  func stopped(by error: ToolError) -> ToolError {
    let (done, failed) = state.withLock { state in
      state.bar.finish()
      state.isFinished = true
      return (state.done, state.failed)
    }
    guard done > 0 else { return error }
    let line = "stopped, \(done) images done" + (failed > 0 ? ", \(failed) failed" : "")
    return ToolError(error.status, lines: error.lines + [line])
  }

  /// Writes a duration for people: `0.4 s`, `25 s`, `3:12 min`, `1:03:12 h`.
  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<10: "\(fixed(seconds, 1)) s"
    case ..<60: "\(fixed(seconds, 0)) s"
    case ..<3600: "\(ProgressBar.clock(seconds)) min"
    default: "\(ProgressBar.clock(seconds)) h"
    }
  }

  /// Takes the progress bar away, and says how it ended if something failed, or took long.
  ///
  /// - Parameter skipped: What was left out, as no image or as done before.
  /// - Throws: `ToolError` with the exit status unless everything is done.
  package func finish(skipped: Int) throws(ToolError) {
    let (done, failed, seconds) = state.withLock { state in
      state.bar.finish()
      state.isFinished = true
      return (state.done, state.failed, state.bar.elapsed)
    }
    let left = skipped > 0 ? ", \(skipped) skipped" : ""
    let isLong = seconds > 3 && isatty(STDERR_FILENO) == 1
    if Interrupts.wantsStop {
      if options.verbosity != .quiet {
        diagnostics.say("stopped by a signal, \(done) images done")
      }
      return
    }
    guard failed > 0 else {
      if isLong || options.verbosity == .verbose, options.verbosity != .quiet, done + skipped > 0 {
        let what = done == 1 ? "1 image" : "\(done) images"
        diagnostics.say("\(what) in \(Self.duration(seconds))\(left)")
      }
      return
    }
    // One that failed was named just before.
    guard done + failed > 1 else { throw ToolError(status, lines: []) }
    throw ToolError(status, "\(done) of \(done + failed) images done, \(failed) failed\(left)")
  }
}

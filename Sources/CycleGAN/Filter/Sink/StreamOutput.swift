import Glibc
import Synchronization

/// A tensor stream on standard output.
final class StreamOutput: PictureOutput {
  private let writer: Mutex<StreamWriter>
  private let isPlain: Bool

  /// Starts a stream; nothing is written yet.
  ///
  /// - Parameter isPlain: Whether notes are left out.
  init(isPlain: Bool) {
    self.isPlain = isPlain
    writer = Mutex(StreamWriter(ByteWriter(descriptor: STDOUT_FILENO), plain: isPlain))
  }

  var tellsFailures: Bool { !isPlain }

  func prepare(
    _ frame: Frame, _ place: Arrival.Place
  ) -> @Sendable () throws(ToolError) -> Void {
    { [self] () throws(ToolError) in
      try write { writer throws(SystemError) in try writer.write(frame, name: place.name) }
    }
  }

  func fail(_ failure: PictureFailure, _ place: Arrival.Place) throws(ToolError) {
    // Damage of a stream is no picture's; that the end note is missing passes it on.
    guard failure.status != .badData else { return }
    try write { writer throws(SystemError) in
      try writer.writeFailure(name: place.name, reason: failure.reason)
    }
  }

  /// A stream that came without its end goes on without one, so that the next filter sees it too.
  func finish(isWhole: Bool) throws(ToolError) {
    guard isWhole else { return }
    try write { writer throws(SystemError) in try writer.finish() }
  }

  private func write(_ body: (StreamWriter) throws(SystemError) -> Void) throws(ToolError) {
    try StandardOutput.checked { () throws(SystemError) in
      try writer.withLock { writer throws(SystemError) in try body(writer) }
    }
  }
}

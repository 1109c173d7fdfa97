import Glibc

/// A tensor stream on standard output.
final class StreamSink: Sink {
  private let writer: Locked<StreamWriter>
  private let isPlain: Bool

  /// Starts a stream; nothing is written yet.
  ///
  /// - Parameter isPlain: Whether notes are left out.
  init(isPlain: Bool) {
    self.isPlain = isPlain
    writer = Locked(StreamWriter(ByteWriter(descriptor: STDOUT_FILENO), plain: isPlain))
  }

  var passesFailuresOn: Bool { !isPlain }

  func prepare(
    _ frame: Frame, _ identity: Input.Identity
  ) -> @Sendable () throws(ToolError) -> Void {
    { [self] () throws(ToolError) in
      try write { writer throws(SystemError) in try writer.write(frame, name: identity.name) }
    }
  }

  func fail(_ failure: InputFailure, _ identity: Input.Identity) throws(ToolError) {
    // Damage of a stream is no image's; the missing end note passes it on.
    guard failure.status != .badData else { return }
    try write { writer throws(SystemError) in
      try writer.writeFailure(name: identity.name, reason: failure.reason)
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

/// Encoded images on standard output, one after the other.
struct EncodedSink: Sink {
  let format: OutputFormat
  let encoding: EncodingOptions

  func prepare(
    _ frame: Frame, _ identity: Input.Identity
  ) throws -> @Sendable () throws(ToolError) -> Void {
    let bytes = try format.encoded(frame, encoding)
    return { () throws(ToolError) in
      try StandardOutput.write(bytes)
    }
  }

  func finish(isWhole: Bool) {}
}

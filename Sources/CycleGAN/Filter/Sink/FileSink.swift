/// One image in one file, which appears when it is known that there is no second.
final class FileSink: Sink {
  private let path: FilePath
  private let format: OutputFormat
  private let encoding: EncodingOptions
  private let freshness: Freshness
  private let depfile: Depfile?

  private struct State {
    var bytes: Buffer<UInt8>?
    var identity: Input.Identity?
    var isLeftOut = false
    var hasFailure = false
  }
  private let state = Locked(State())

  init(
    _ path: FilePath, format: OutputFormat, encoding: EncodingOptions, freshness: Freshness,
    depfile: Depfile?
  ) {
    self.path = path
    self.format = format
    self.encoding = encoding
    self.freshness = freshness
    self.depfile = depfile
  }

  func wants(_ name: FilePath) -> Bool {
    let isWanted = freshness.isWanted(path, from: name)
    if !isWanted { state.withLock { $0.isLeftOut = true } }
    return isWanted
  }

  func file(for name: FilePath) -> FilePath? { path }

  var unwritten: Input.Identity? { state.withLock { $0.identity } }

  func prepare(
    _ frame: Frame, _ identity: Input.Identity
  ) throws -> @Sendable () throws(ToolError) -> Void {
    let bytes = try format.encoded(frame, encoding)
    return { [self] () throws(ToolError) in
      let isFirst = state.withLock { state -> Bool in
        defer { (state.bytes, state.identity) = (bytes, identity) }
        return state.bytes == nil
      }
      guard isFirst else {
        throw ToolError(
          .usage, "\(path) can hold one image, and \(identity.label) is a second; use -o DIR/")
      }
      depfile?.add(path, from: identity.name)
    }
  }

  func fail(_ failure: InputFailure, _ identity: Input.Identity) {
    state.withLock { $0.hasFailure = true }
  }

  func finish(isWhole: Bool) throws(ToolError) {
    let state = state.withLock { $0 }
    guard let bytes = state.bytes else {
      guard state.isLeftOut || state.hasFailure || Interrupts.wantsStop else {
        throw ToolError(.badData, "\(path) was not made: there was no input image")
      }
      return
    }
    try OutputFolder.make(path.directory)
    AtomicFile.removeLeftovers(in: path.directory)
    do throws(SystemError) { try AtomicFile.write(bytes, to: path) } catch {
      throw ToolError.writing(path, error)
    }
    try depfile?.write()
  }
}

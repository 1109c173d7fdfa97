import Glibc

/// Where a filter's results go.
package protocol Sink<Result>: Sendable {
  /// What is made of every image.
  associatedtype Result: Sendable

  /// Encodes a result, and writes it if nothing depends on the order; on any thread.
  ///
  /// - Parameters:
  ///   - result: What was made of an image.
  ///   - identity: Which image it was.
  /// - Returns: What is left to do in order, on one thread.
  /// - Throws: What concerns this image alone, or a `ToolError`.
  func prepare(
    _ result: Result, _ identity: Input.Identity
  ) throws -> @Sendable () throws(ToolError) -> Void

  /// Passes on that an image failed, in order.
  ///
  /// - Parameters:
  ///   - failure: Why.
  ///   - identity: Which one it was.
  /// - Throws: `ToolError` if it cannot be written.
  func fail(_ failure: InputFailure, _ identity: Input.Identity) throws(ToolError)

  /// Completes the output after the last image.
  ///
  /// - Parameter isWhole: Whether all inputs came to their proper end.
  /// - Throws: `ToolError` if it cannot be written.
  func finish(isWhole: Bool) throws(ToolError)

  /// Whether `prepare` leaves a file behind, which is told of even if the run ends early.
  var makesFiles: Bool { get }

  /// The image that only `finish` writes, if it is known.
  var unwritten: Input.Identity? { get }

  /// Whether a filter further on gets to know of failures.
  var passesFailuresOn: Bool { get }

  /// Whether an image is to be made.
  ///
  /// - Parameter name: Its path or number.
  /// - Returns: False where it is there already.
  func wants(_ name: FilePath) -> Bool

  /// The file of an image.
  ///
  /// - Parameter name: Its path or number.
  /// - Returns: nil where it has none of its own.
  func file(for name: FilePath) -> FilePath?
}

extension Sink {
  /// Nothing is left behind before the delivery.
  package var makesFiles: Bool { false }

  /// All images are written as they come.
  package var unwritten: Input.Identity? { nil }

  /// Failures end here.
  package var passesFailuresOn: Bool { false }

  /// Nothing is passed on.
  package func fail(_ failure: InputFailure, _ identity: Input.Identity) throws(ToolError) {}

  /// There is no file.
  package func file(for name: FilePath) -> FilePath? { nil }

  /// Everything is wanted.
  package func wants(_ name: FilePath) -> Bool { true }
}

extension OutputOptions {
  /// Opens the sink that the options ask for, and checks it before the first image is read.
  ///
  /// - Parameters:
  ///   - images: The paths of all images, if outputs are files.
  ///   - prerequisites: What every output is made from besides its own input.
  ///   - protected: What no output may replace.
  /// - Returns: A file, a folder, or standard output.
  /// - Throws: `ToolError` if outputs collide, would replace something, or make no sense.
  func openSink(
    for images: [FilePath], prerequisites: [FilePath], protected: inout ProtectedFiles
  ) throws(ToolError) -> any Sink<Frame> {
    guard let path = output, !isStandardOutput else { return try standardOutput() }
    try protected.require(depfile)
    let freshness = Freshness(rule, prerequisites: prerequisites)
    let depfile = depfile.map { Depfile($0, prerequisites: prerequisites) }
    guard path.bytes.last != UInt8(ascii: "/"), !Folder.isFolder(path) else {
      let folder = FolderSink(
        path, names: outputTemplate, format: format?.value, encoding: encoding,
        freshness: freshness, depfile: depfile, protected: protected, terminator: print0 ? 0 : 0x0A)
      try folder.plan(images)
      return folder
    }
    guard images.count <= 1 else {
      throw ToolError(
        .usage,
        "\(path) can hold one image, and there are \(images.count); for a folder write \(path)/")
    }
    try protected.require(path)
    return FileSink(
      path, format: try fileFormat(path), encoding: encoding, freshness: freshness,
      depfile: depfile)
  }

  private func standardOutput() throws(ToolError) -> any Sink<Frame> {
    if let format = format?.value, format != .npy {
      guard isStandardOutput else {
        throw ToolError(.usage, "--format says how images are written; it needs -o, perhaps -o -")
      }
      try requireNoTerminal("an image")
      return EncodedSink(format: format, encoding: encoding)
    }
    try requireNoTerminal("a tensor stream")
    return StreamSink(isPlain: plain)
  }

  private func requireNoTerminal(_ what: String) throws(ToolError) {
    guard isatty(STDOUT_FILENO) == 1 else { return }
    guard !force else {
      // Bytes on the terminal leave no line to draw on.
      if ProgressLine.isShared(STDOUT_FILENO) { ProgressLine.end() }
      return
    }
    throw ToolError(
      .usage, "refusing to write \(what) to a terminal; use -o DIR/, redirect it, or -f")
  }
}

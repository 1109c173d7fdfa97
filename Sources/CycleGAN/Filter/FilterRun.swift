import Glibc

/// One run of a filter: source, then load | compute | save, then sink.
package struct FilterRun: Sendable {
  /// What happens to a decoded frame on the threads that load; its index is counted from 0.
  package typealias Load = @Sendable (Frame, Int) throws -> Frame

  private let diagnostics: Diagnostics
  private let selection: InputSelection
  private let report: ReportOptions
  private let jobs: Jobs
  private let takesAnyRange: Bool

  /// Gathers what the user said.
  ///
  /// - Parameters:
  ///   - tool: The tool's name.
  ///   - input: What is read.
  ///   - report: What is told.
  ///   - threads: How many threads decode and encode.
  ///   - resizing: What an image is going to be resized to, if its codec can do it on the way.
  ///   - shrinksFirst: Whether a JPEG may be decoded at a part of its size then.
  ///   - takesAnyRange: Whether float32 frames outside -1...1 may pass where nothing converts them.
  package init(
    tool: String, _ input: InputOptions, _ report: ReportOptions, _ threads: ThreadOptions,
    resizing: Resizing.Choice? = nil, shrinksFirst: Bool = false, takesAnyRange: Bool = false
  ) {
    self.takesAnyRange = takesAnyRange
    var selection = input.selection
    selection.decoding.resizing = resizing
    selection.decoding.shrinksFirst = shrinksFirst
    self.selection = selection
    self.report = report
    diagnostics = Diagnostics(tool: tool)
    jobs = threads.loadingAndSaving
  }

  /// Makes an image of every image, and writes it where the options say.
  ///
  /// - Parameters:
  ///   - output: Where images go.
  ///   - prerequisites: What every output is made from besides its own input.
  ///   - load: What happens to a decoded frame on the threads that load.
  ///   - prepare: Makes what computes, on the calling thread, while the first images load.
  /// - Throws: `ToolError` with the exit status unless everything is done.
  package func run(
    to output: OutputOptions, prerequisites: [FilePath] = [],
    loading load: @escaping Load = { frame, _ in frame },
    computing prepare: () throws(ToolError) -> Computation<Frame, Frame> = { Computation { $0 } }
  ) throws(ToolError) {
    try run(
      prerequisites: prerequisites, folder: output.output, writesFiles: output.writesFiles,
      force: output.force,
      loading: load, computing: prepare
    ) { source, images, protected throws(ToolError) in
      let sink = try output.openSink(
        for: images, prerequisites: prerequisites, protected: &protected)
      if output.dryRun {
        try list(source, sink, terminator: output.print0 ? 0 : 0x0A)
        return nil
      }
      return sink
    } converting: {
      try output.typed($0)
    }
  }

  /// Makes a result of every image, and hands it to a sink.
  ///
  /// - Parameters:
  ///   - prerequisites: What every result is made from besides its own input.
  ///   - folder: Where results go, if it is a folder; it is not walked into.
  ///   - writesFiles: Whether the results become files, so that all inputs have to be known before.
  ///   - force: Whether outputs may replace inputs and prerequisites.
  ///   - load: What happens to a decoded frame on the threads that load.
  ///   - prepare: Makes what computes, on the calling thread, while the first images load.
  ///   - openSink: Opens the sink before any image is read; nil where nothing is to be made. Gets the
  ///     paths of all images as far as they are known, and what no output may replace.
  ///   - convert: What happens to a result on the threads that save.
  /// - Throws: `ToolError` with the exit status unless everything is done.
  package func run<Computed: Sendable>(
    prerequisites: [FilePath], folder: FilePath?, writesFiles: Bool, force: Bool = false,
    loading load: @escaping Load = { frame, _ in frame },
    computing prepare: () throws(ToolError) -> Computation<Frame, Computed>,
    into openSink: (Source, [FilePath], inout ProtectedFiles) throws(ToolError) -> (
      any Sink<Computed>
    )?,
    converting convert: @escaping @Sendable (Computed) throws -> Computed = { $0 }
  ) throws(ToolError) {
    var selection = selection
    // The last run's outputs are no inputs of this one.
    if let folder = folder.flatMap({ FileIdentity($0, kind: S_IFDIR) }) {
      selection.excluded.insert(folder)
    }
    let source = try Source(selection, diagnostics: diagnostics, verbosity: report.verbosity)
    let images =
      writesFiles || report.failures != nil && selection.isFinite ? try source.imagePaths() : []
    var protected =
      force
      ? ProtectedFiles() : ProtectedFiles(selection, images: images, weights: prerequisites)
    try protected.require(report.failures)
    guard let sink = try openSink(source, images, &protected) else { return }
    let tally = try Tally(diagnostics, report, total: source.total)
    let pipeline = Pipeline<Frame, Computed>(deliversAlways: sink.makesFiles) { content, identity in
      try load(decoded(content, identity), identity.index)
    } save: { result, identity in
      try sink.prepare(try convert(result), identity)
    } done: { identity, failure throws(ToolError) in
      if let failure { try sink.fail(failure, identity) }
      try tally.count(identity, failure, isPassedOn: sink.passesFailuresOn)
    }
    Interrupts.catchStops()
    try tally.startProgress()
    nonisolated(unsafe) let inputs = source
    do throws(ToolError) {
      try pipeline.run(
        jobs: jobs, from: { () throws(ToolError) in try inputs.next(where: sink.wants) },
        computing: prepare)
    } catch {
      throw sink.makesFiles ? tally.stopped(by: error) : error
    }
    do throws(ToolError) { try sink.finish(isWhole: tally.isWhole) } catch {
      if let identity = sink.unwritten { try tally.list(identity) }
      throw error
    }
    try tally.finish(skipped: source.skipped)
  }

  private func decoded(_ content: Input.Content, _ identity: Input.Identity) throws -> Frame {
    let frame = try content.decoded(selection.decoding) { warning in
      if !report.quiet { diagnostics.say("\(identity.label): \(warning)") }
    }
    if !takesAnyRange { try frame.requireNetworkRange() }
    return frame
  }

  /// Prints every input with its output, and makes nothing.
  private func list(
    _ source: Source, _ sink: any Sink<Frame>, terminator: UInt8
  ) throws(ToolError) {
    var failure: ToolError?
    func printLine(_ name: FilePath) {
      guard failure == nil, let file = sink.file(for: name) else { return }
      let line = name.bytes + [0x09] + file.bytes + [terminator]
      failure = attempt { () throws(ToolError) in try StandardOutput.write(line) }
    }
    // What is not wanted is not opened, so that only images without a path and failures come.
    let isWanted = { (name: FilePath) in
      if sink.wants(name) { printLine(name) }
      return false
    }
    while failure == nil, let input = try source.next(where: isWanted) {
      switch input.content {
      case .success: printLine(input.identity.name)
      case .failure(let failure): diagnostics.fail(input.identity.label, failure.reason)
      }
    }
    if let failure { throw failure }
    if diagnostics.failures > 0 { throw ToolError(.someFailed, lines: []) }
  }
}

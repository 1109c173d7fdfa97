import Glibc

/// The run of a filter over all its pictures: what is common to those that make pictures and those
/// that only look at them.
public struct PictureRun: Sendable {
  /// What a loaded picture is made of: the frame, and its place in the order, counted from 0.
  public typealias Load = @Sendable (Frame, Int) throws -> Frame

  let diagnostics: Diagnostics
  let input: InputOptions
  let report: ReportOptions
  let jobs: Jobs
  private var decoding: DecodingOptions

  /// Gathers what the user said.
  ///
  /// - Parameters:
  ///   - tool: The tool's name.
  ///   - input: What is read.
  ///   - report: What is told.
  ///   - jobs: How many threads decode and encode.
  ///   - resizing: What a picture is going to be resized to, if its codec can do it on the way.
  ///   - shrinksFirst: Whether a JPEG may be decoded at a part of its size then.
  public init(
    tool: String, input: InputOptions, report: ReportOptions, jobs: Jobs,
    resizing: Resizing.Choice? = nil, shrinksFirst: Bool = false
  ) {
    decoding = input.selection.decoding
    decoding.resizing = resizing
    decoding.shrinksFirst = shrinksFirst
    diagnostics = Diagnostics(tool: tool)
    self.input = input
    self.report = report
    self.jobs = jobs
  }

  /// Looks at every picture.
  ///
  /// - Parameters:
  ///   - prepare: Makes what computes, on the calling thread, while the first pictures are decoded.
  ///   - save: What happens to a result, on several threads; the delivery it returns runs in order.
  ///   - finish: What follows the last picture.
  ///   - folder: Where every picture gets a file, if it does; names that collide end it before any
  ///     work.
  /// - Throws: `ToolError` with the exit status unless everything is done.
  public func run<Computed: Sendable>(
    computing prepare: () throws(ToolError) -> Computation<Frame, Computed>,
    saving save:
      @escaping @Sendable (Computed, Arrival.Place) throws ->
      Pipeline<Frame, Computed>.Delivery,
    finishing finish: () throws(ToolError) -> Void,
    into folder: FolderOutput? = nil
  ) throws(ToolError) {
    let entries = try self.entries()
    if let folder { try folder.plan(try entries.collected().compactMap(\.picture)) }
    let tally = try Tally(diagnostics, report, total: nil)
    let stages = Pipeline<Frame, Computed>(load: loading { frame, _ in frame }, save: save) {
      place, failure throws(ToolError) in
      try tally.count(place, failure, isTold: false)
    }
    try send(through: stages, entries, tally, wants: { _ in true }, computing: prepare)
    try finish()
    try tally.finish()
  }

  /// What is going to be opened.
  func entries() throws(ToolError) -> InputEntries {
    // Before anything that can take long: a request for a status line must not kill.
    Interrupts.catchStatus()
    return try InputEntries(
      input.selection,
      report: InputReport(diagnostics: diagnostics, verbosity: report.verbosity))
  }

  /// Sends the pictures through a pipeline, with an ear for signals.
  func send<Computed: Sendable>(
    through stages: Pipeline<Frame, Computed>, _ entries: sending InputEntries, _ tally: Tally,
    wants: @escaping @Sendable (FilePath) -> Bool,
    computing prepare: () throws(ToolError) -> Computation<Frame, Computed>
  ) throws(ToolError) {
    Interrupts.catchStops()
    tally.keepShowing()
    let inputs = Inputs(entries, input.selection, wants: wants)
    try stages.run(inputs, jobs: jobs, computing: prepare)
  }

  /// Decodes a picture and goes on with what the tool does to it.
  func loading(
    _ load: @escaping Load
  ) -> @Sendable (Arrival.Content, Arrival.Place) throws -> Frame {
    { [diagnostics, isQuiet = report.quiet, decoding] content, place in
      let frame = try content.decoded(decoding) { warning in
        if !isQuiet { diagnostics.say("\(place.label): \(warning)") }
      }
      return try load(frame, place.index)
    }
  }
}

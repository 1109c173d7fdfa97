import Glibc
import Synchronization

/// A filter that makes one picture of every picture.
public struct FilterRun: Sendable {
  /// What is read.
  let input: InputOptions
  /// Where it goes.
  let output: OutputOptions
  /// What is told.
  let report: ReportOptions
  /// How many threads decode and encode.
  let jobs: Jobs
  /// What every output is made from besides its own input.
  let prerequisites: [FilePath]
  private let diagnostics: Diagnostics

  /// Gathers what the user said.
  ///
  /// - Parameters:
  ///   - tool: The tool's name.
  ///   - input: What is read.
  ///   - output: Where it goes.
  ///   - report: What is told.
  ///   - jobs: How many threads decode and encode.
  ///   - prerequisites: What every output is made from besides its own input.
  public init(
    tool: String, input: InputOptions, output: OutputOptions, report: ReportOptions, jobs: Jobs,
    prerequisites: [FilePath] = []
  ) {
    diagnostics = Diagnostics(tool: tool)
    self.input = input
    self.output = output
    self.report = report
    self.jobs = jobs
    self.prerequisites = prerequisites
  }

  /// Reads, computes and writes every picture.
  ///
  /// - Parameters:
  ///   - load: What happens to a decoded picture on the threads that decode; it gets the picture's
  ///     place in the order, counted from 0.
  ///   - prepare: Makes what computes, on the calling thread, while the first pictures are decoded.
  /// - Throws: `ToolError` with the exit status unless everything is done.
  public func run(
    loading load: @escaping @Sendable (Frame, Int) throws -> Frame = { frame, _ in frame },
    computing prepare: () throws(ToolError) -> (Frame) throws -> Frame = { { $0 } }
  ) throws(ToolError) {
    let selection = input.selection
    let entries = try InputEntries(
      selection, report: InputReport(diagnostics: diagnostics, verbosity: report.verbosity))
    let plan = try OutputPlan(output, entries, prerequisites: prerequisites)
    let sink = plan.output
    if output.dryRun { return try list(entries, sink) }
    let tally = try Tally(diagnostics, report, total: plan.total)
    Interrupts.catchStops()
    Interrupts.catchStatus()
    let inputs = Inputs(entries, selection, wants: { sink.wants($0) })
    try pipeline(load, sink, tally).run(inputs, jobs: jobs, computing: prepare)
    try sink.finish(isWhole: tally.isWhole)
    try tally.finish()
  }

  private func pipeline(
    _ load: @escaping @Sendable (Frame, Int) throws -> Frame, _ sink: any PictureOutput,
    _ tally: Tally
  ) -> Pipeline<Frame, Frame> {
    let warn = warnings
    return Pipeline<Frame, Frame> { [limits = input.limits.decoding] content, place in
      try load(try content.decoded(limits) { warn(place, $0) }, place.index)
    } save: { [output] frame, place in
      try sink.prepare(output.typed(frame), place)
    } done: { place, failure throws(ToolError) in
      if let failure { try sink.fail(failure, place) }
      try tally.count(place, failure, isTold: sink.tellsFailures)
    }
  }

  /// Prints every input with its output, and makes nothing.
  private func list(_ entries: InputEntries, _ sink: any PictureOutput) throws(ToolError) {
    var failure: ToolError?
    func printLine(_ name: FilePath) {
      guard let file = sink.file(for: name) else { return }
      let line = name.bytes + [0x09] + file.bytes + [output.print0 ? 0 : 0x0A]
      failure =
        failure
        ?? attempt { () throws(ToolError) in
          try writingStandardOutput { () throws(SystemError) in
            try ByteWriter(descriptor: STDOUT_FILENO).write(line)
          }
        }
    }
    // What is not wanted is not opened, so that only pictures without a path arrive.
    let inputs = Inputs(entries, input.selection) { name in
      if sink.wants(name) { printLine(name) }
      return false
    }
    while failure == nil, let arrival = try inputs.next() { printLine(arrival.place.name) }
    if let failure { throw failure }
  }

  /// Says what a person may want to know of a picture.
  private var warnings: @Sendable (Arrival.Place, String) -> Void {
    { [diagnostics, isQuiet = report.quiet] place, warning in
      if !isQuiet { diagnostics.say("\(place.label): \(warning)") }
    }
  }
}

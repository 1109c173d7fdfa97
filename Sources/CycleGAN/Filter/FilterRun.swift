import Glibc

/// The run of a filter that makes one picture of every picture.
public struct FilterRun: Sendable {
  private let pictures: PictureRun
  private let output: OutputOptions
  private let prerequisites: [FilePath]

  /// Gathers what the user said.
  ///
  /// - Parameters:
  ///   - pictures: What is read.
  ///   - output: Where it goes.
  ///   - prerequisites: What every output is made from besides its own input.
  public init(_ pictures: PictureRun, _ output: OutputOptions, prerequisites: [FilePath] = []) {
    self.pictures = pictures
    self.output = output
    self.prerequisites = prerequisites
  }

  /// Reads, computes and writes every picture.
  ///
  /// - Parameters:
  ///   - load: What happens to a decoded picture on the threads that decode.
  ///   - prepare: Makes what computes, on the calling thread, while the first pictures are decoded.
  /// - Throws: `ToolError` with the exit status unless everything is done.
  public func run(
    loading load: @escaping PictureRun.Load = { frame, _ in frame },
    computing prepare: () throws(ToolError) -> Computation<Frame, Frame> = { Computation { $0 } }
  ) throws(ToolError) {
    let entries = try pictures.entries()
    let plan = try OutputPlan(output, entries, prerequisites: prerequisites)
    let sink = plan.output
    if output.dryRun { return try list(entries, sink) }
    let tally = try Tally(pictures.diagnostics, pictures.report, total: plan.total)
    let stages = Pipeline<Frame, Frame>(load: pictures.loading(load)) {
      [output] frame, place in
      try sink.prepare(output.typed(frame), place)
    } done: { place, failure throws(ToolError) in
      if let failure { try sink.fail(failure, place) }
      try tally.count(place, failure, isTold: sink.tellsFailures)
    }
    try pictures.send(
      through: stages, entries, tally, wants: { sink.wants($0) }, computing: prepare)
    try sink.finish(isWhole: tally.isWhole)
    try tally.finish()
  }

  /// Prints every input with its output, and makes nothing.
  private func list(_ entries: InputEntries, _ sink: any PictureOutput) throws(ToolError) {
    var failure: ToolError?
    func printLine(_ name: FilePath) {
      guard failure == nil, let file = sink.file(for: name) else { return }
      let line = name.bytes + [0x09] + file.bytes + [output.print0 ? 0 : 0x0A]
      failure = attempt { () throws(ToolError) in
        try StandardOutput.write(line)
      }
    }
    // What is not wanted is not opened, so that only pictures without a path arrive.
    let inputs = Inputs(entries, pictures.input.selection) { name in
      if sink.wants(name) { printLine(name) }
      return false
    }
    while failure == nil, let arrival = try inputs.next() {
      if case .success = arrival.content { printLine(arrival.place.name) }
    }
    if let failure { throw failure }
  }
}

import CycleGAN

/// The reports of a run beside its tables: index.html, timing.tsv, and events for TensorBoard.
///
/// Training continues if one of them cannot be written.
final class RunReports {
  private let folder: FilePath
  private let configuration: JSON
  private let warn: (String) -> Void
  private var timing: TimingLog?
  private var events: TensorBoardLog?
  private var tables: [(heading: String, table: TableCurves)]
  private var samples: [Int]
  private var clock = StepClock()
  /// The throughput when this process wrote its last row.
  private var lastRow = Throughput()
  private var lastPage = ContinuousClock.now
  private var warned: Set<String> = []

  /// Prepares; nothing is opened or written yet.
  ///
  /// - Parameters:
  ///   - folder: The run's.
  ///   - configuration: What config.json has.
  ///   - warn: Told what could not be written, once for each reason.
  init(_ folder: FilePath, _ configuration: JSON, warn: @escaping (String) -> Void) {
    (self.folder, self.configuration, self.warn) = (folder, configuration, warn)
    samples = []
    tables = [
      ("Losses and learning rate", TableCurves(folder.appending("log.tsv"))),
      ("Validation", TableCurves(folder.appending("validation.tsv"), hiding: ["best"])),
      ("Health", TableCurves(folder.appending("health.tsv"))),
      ("Speed", TableCurves(folder.appending(TimingLog.name), hiding: ["seconds_per_step"])),
    ]
  }

  /// The throughput of this process so far.
  var throughput: Throughput { clock.now }

  /// Opens the files where the run is resumed: what they have of later steps is cut off.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - samples: Steps that have a grid.
  func begin(at step: Int, samples: [Int]) {
    self.samples = samples.filter { $0 <= step }.sorted()
    attempt { () throws(TrainingError) in
      timing = try TimingLog(folder.appending(TimingLog.name), step: step)
    }
    attempt { () throws(TrainingError) in
      events = try TensorBoardLog(folder.appending(TensorBoardLog.name), step: step)
    }
  }

  /// Takes back the steps after one, which are done again.
  func rollBack(to step: Int) {
    begin(at: step, samples: samples)
    for i in tables.indices { tables[i].table.reset() }
    lastRow = throughput
  }

  /// Takes the time of what a step waits for.
  func waiting<Result>(
    _ body: () throws(TrainingError) -> Result
  ) throws(TrainingError) -> Result {
    try clock.waiting(body)
  }

  /// Counts a step that is done.
  func count(images: Int) { clock.count(images: images) }

  /// Reports a step that log.tsv has a row of.
  func logged(_ progress: TrainingProgress, learningRate: Double) {
    let (step, throughput) = (progress.run.step, progress.throughput.since(lastRow))
    lastRow = progress.throughput
    attempt { () throws(TrainingError) in try timing?.append(step: step, throughput) }
    var scalars = Losses.columns.map { ("loss/\($0.name)", progress.losses[keyPath: $0.loss]) }
    scalars += [
      ("learning_rate", Float(learningRate)),
      ("speed/images_per_second", Float(throughput.imagesPerSecond)),
      ("speed/waiting_share", Float(throughput.waitedShare)),
    ]
    attempt { () throws(TrainingError) in
      try events?.append(.scalars(scalars), step: step)
    }
  }

  /// Reports a row of validation.tsv.
  func validated(_ reading: ValidationReading, step: Int) {
    let names = RunTables.validationColumns.dropFirst(2)
    let scalars = zip(names, RunTables.numbers(reading)).compactMap { name, number in
      number.map { ("validation/\(name)", Float($0)) }
    }
    attempt { () throws(TrainingError) in try events?.append(.scalars(scalars), step: step) }
  }

  /// Reports the grid of a step, once.
  func drew(_ image: Image, png: [UInt8], step: Int) {
    guard samples.last != step else { return }
    samples.append(step)
    let content = EventRecord.Content.image(
      tag: "samples", width: image.width, height: image.height, png: png)
    attempt { () throws(TrainingError) in try events?.append(content, step: step) }
  }

  /// Writes index.html if the one that is there is half a minute old.
  func writePageIfDue(_ progress: RunProgress) {
    if ContinuousClock.now - lastPage > .seconds(30) { writePage(.training, progress) }
  }

  /// Writes index.html as the run stands.
  func writePage(_ state: RunPage.State, _ progress: RunProgress) {
    lastPage = .now
    attempt { () throws(TrainingError) in
      let path = folder.appending("index.html")
      do throws(SystemError) {
        for i in tables.indices { try tables[i].table.refresh() }
        try AtomicFile.write(Array(page(state, progress).html.utf8), to: path)
      } catch {
        throw .writing(path, error)
      }
    }
  }

  private func page(_ state: RunPage.State, _ progress: RunProgress) -> RunPage {
    RunPage(
      name: folder.lastComponent.string, state: state, progress: progress, throughput: throughput,
      curves: tables.map { ($0.heading, $0.table.curves) }, alarms: alarms,
      samples: samples, configuration: configuration, time: universalTime("%Y-%m-%d %H:%M:%S"))
  }

  /// health.tsv knows how long each went on, log.tsv when it began.
  private var alarms: AlarmHistory {
    // Of the tables that have any, health.tsv comes last.
    tables.map(\.table.alarms).last { !$0.spans.isEmpty } ?? AlarmHistory()
  }

  private func attempt(_ report: () throws(TrainingError) -> Void) {
    do throws(TrainingError) { try report() } catch {
      if warned.insert("\(error)").inserted { warn("\(error); training continues") }
    }
  }
}

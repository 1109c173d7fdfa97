import CycleGAN

/// The tables of a run: nothing in them depends on the clock, so that an interrupted run leaves the
/// same as an unbroken one.
struct RunTables {
  /// `log.tsv`: a row per logged step.
  let log: TableFile
  /// `health.tsv`: a row per look at the probe images.
  let health: TableFile
  /// `validation.tsv`: a row per epoch that was validated.
  let validation: TableFile

  /// How long each table is, by its name.
  typealias Lengths = [String: Int]

  /// Opens all tables where a checkpoint left them.
  ///
  /// - Parameters:
  ///   - directory: The run's folder.
  ///   - lengths: What belongs to the steps done; a table that is not named starts anew.
  ///   - warn: Told if rows are missing.
  /// - Throws: `TrainingError` if one cannot be opened or written.
  init(
    _ directory: FilePath, _ lengths: Lengths, warn: (String) -> Void
  ) throws(TrainingError) {
    func table(_ name: String, _ columns: [String]) throws(TrainingError) -> TableFile {
      try TableFile(
        directory.appending(name + ".tsv"), columns: columns, bytes: lengths[name] ?? 0,
        warn: warn)
    }
    log = try table("log", Self.logColumns)
    health = try table("health", Self.healthColumns)
    validation = try table("validation", Self.validationColumns)
  }

  /// The tables' names.
  static let names = ["log", "health", "validation"]

  private var all: [(name: String, table: TableFile)] {
    Array(zip(Self.names, [log, health, validation])).map { ($0, $1) }
  }

  /// A table that has more in it than the names of columns.
  ///
  /// - Parameter directory: A run's folder.
  /// - Returns: Nil where all of them may be begun.
  static func withRows(in directory: FilePath) -> FilePath? {
    zip(names, [logColumns, healthColumns, validationColumns]).lazy.compactMap { name, columns in
      let path = directory.appending(name + ".tsv")
      guard path.exists else { return nil as FilePath? }
      let heading = TableFile.row(columns)
      // One that cannot be read is not ours to begin, whatever the reason.
      guard let bytes = try? ByteReader(path).readAll(limit: heading.count) else { return path }
      return heading.starts(with: bytes) ? nil : path
    }.first
  }

  /// How long the tables are now.
  var lengths: Lengths { Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.table.bytes) }) }

  /// Takes rows back, for steps that are done again.
  func cut(to lengths: Lengths) throws(TrainingError) {
    for (name, table) in all { try table.cut(to: min(table.bytes, lengths[name] ?? 0)) }
  }

  /// Waits until the disk has all rows, which a checkpoint is going to count on.
  func synchronize() throws(TrainingError) {
    for (_, table) in all { try table.synchronize() }
  }
}

extension RunTables {
  private static let logColumns =
    ["step", "epoch", "images", "learning_rate"] + Losses.columns.map(\.name) + ["alarms"]

  /// Logs a step.
  ///
  /// - Parameters:
  ///   - position: Steps done, the epoch, and images of each domain seen.
  ///   - learningRate: Of the step.
  ///   - losses: Of the step.
  ///   - alarms: What began since the last row.
  /// - Throws: `TrainingError` if the file cannot be written.
  func append(
    _ position: (step: Int, epoch: Int, images: Int), learningRate: Double, _ losses: Losses,
    _ alarms: [Alarm]
  ) throws(TrainingError) {
    let place = [position.step, position.epoch, position.images].map { "\($0)" }
    let numbers = ["\(learningRate)"] + Losses.columns.map { "\(losses[keyPath: $0.loss])" }
    try log.append(place + numbers + [Self.words(alarms)])
  }

  private static let healthColumns =
    ["step"]
    + ["AB", "BA"].flatMap { direction in
      ["diversity", "brightness_correlation", "saturated", "contrast", "change"].map {
        "\($0)_\(direction)"
      }
    }
    + ["A", "B"].flatMap { domain in
      ["gap", "spread", "mean_loss"].map { "\($0)_\(domain)" }
    } + ["alarms"]

  /// Logs a look at the probe images.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - reading: What was found.
  ///   - watch: What it remembers.
  /// - Throws: `TrainingError` if the file cannot be written.
  func append(
    step: Int, _ reading: Probe.Reading, _ watch: HealthWatch
  ) throws(TrainingError) {
    var numbers: [Double?] = []
    for role in [NetworkRole.generatorAB, .generatorBA] {
      let found = reading.translations[role]
      numbers += [
        found?.diversity, found?.brightnessCorrelation, found?.saturated, found?.contrast,
        found?.change,
      ]
    }
    for role in [NetworkRole.discriminatorA, .discriminatorB] {
      let found = reading.judgements[role]
      numbers += [found?.gap, found?.spread, watch.meanLosses[role]]
    }
    let alarms = watch.active.sorted { $0.word < $1.word }
    try health.append(["\(step)"] + Self.cells(numbers) + [Self.words(alarms)])
  }

  static let validationColumns = [
    "step", "epoch", "l1_A", "psnr_A", "ssim_A", "l1_B", "psnr_B", "ssim_B", "kid_AB", "kid_BA",
    "l1_truth", "psnr_truth", "ssim_truth", "best",
  ]

  /// Logs a validation.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - epoch: The epoch that has ended, counted from 1.
  ///   - reading: What was measured.
  ///   - isBest: Whether it is the best so far.
  /// - Throws: `TrainingError` if the file cannot be written.
  func append(
    step: Int, epoch: Int, _ reading: ValidationReading, isBest: Bool
  ) throws(TrainingError) {
    try validation.append(
      ["\(step)", "\(epoch)"] + Self.cells(Self.numbers(reading)) + [isBest ? "best" : ""])
  }

  /// What stands between the epoch and the last column.
  static func numbers(_ reading: ValidationReading) -> [Double?] {
    var numbers: [Double?] = []
    for mean in [reading.roundtripA, reading.roundtripB] {
      numbers += [mean.l1, mean.psnr, mean.ssim]
    }
    numbers += [reading.distanceAB, reading.distanceBA]
    return numbers + [reading.truth?.l1, reading.truth?.psnr, reading.truth?.ssim]
  }

  /// Six digits or more of every number; nothing where there is none.
  private static func cells(_ numbers: [Double?]) -> [String] {
    numbers.map { number in number.map { "\(Float($0))" } ?? "" }
  }

  private static func words(_ alarms: [Alarm]) -> String {
    alarms.map(\.word).joined(separator: ",")
  }
}

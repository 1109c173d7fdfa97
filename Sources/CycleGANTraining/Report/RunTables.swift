import CycleGAN
import Glibc

/// The tables of a run.
///
/// Nothing in them depends on the clock, so that they are the same whether or not the run was
/// interrupted.
struct RunTables {
  /// `log.tsv`: a row per logged step.
  let log: TableFile
  /// `health.tsv`: a row per probe.
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
  ///   - keepsRest: Whether the rows of more steps stay, because none are going to follow.
  ///   - warn: Told if rows are missing.
  /// - Throws: `TrainingError` if one cannot be opened or written.
  init(
    _ directory: FilePath, _ lengths: Lengths, keepsRest: Bool = false, warn: (String) -> Void
  ) throws(TrainingError) {
    func table(_ name: String, _ columns: [String]) throws(TrainingError) -> TableFile {
      try TableFile(
        directory.appending(name + ".tsv"), columns: columns, bytes: lengths[name] ?? 0,
        keepsRest: keepsRest, warn: warn)
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
    let counts = [position.step, position.epoch, position.images].map { "\($0)" }
    let numbers = ["\(learningRate)"] + Losses.columns.map { "\(losses[keyPath: $0.loss])" }
    try log.append(counts + numbers + [Self.words(alarms)])
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

  /// Logs a probe.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - reading: Of the probe.
  ///   - watch: After the probe.
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
      let found = reading.logits[role]
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
    for mean in [reading.reconstructionA, reading.reconstructionB] {
      numbers += [mean.l1, mean.psnr, mean.ssim]
    }
    numbers += [reading.distanceAB, reading.distanceBA]
    return numbers + [reading.reference?.l1, reading.reference?.psnr, reading.reference?.ssim]
  }

  /// Six digits or more of every number; nothing where there is none.
  private static func cells(_ numbers: [Double?]) -> [String] {
    numbers.map { number in number.map { "\(Float($0))" } ?? "" }
  }

  private static func words(_ alarms: [Alarm]) -> String {
    alarms.map(\.word).joined(separator: ",")
  }
}

/// timing.tsv: what depends on the clock, which log.tsv must not; a row for each of its rows.
final class TimingLog {
  /// The file's name.
  static let name = "timing.tsv"

  private let file: AppendedFile

  private static let columns = ["step", "seconds_per_step", "images_per_second", "waiting_share"]

  /// Opens the file where a run is resumed.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - step: Steps done; rows of later ones are cut off.
  /// - Throws: `TrainingError` if it cannot be opened or written.
  init(_ path: FilePath, step: Int) throws(TrainingError) {
    file = try AppendedFile(path)
    try cut(after: step)
  }

  /// Takes back the rows of steps that are done again.
  ///
  /// They are found by their steps: a count of bytes in the checkpoint would make the checkpoint,
  /// too, depend on the clock.
  ///
  /// - Parameter step: The last step that stays.
  /// - Throws: `TrainingError` if the file cannot be changed.
  func cut(after step: Int) throws(TrainingError) {
    let head = TableFile.row(Self.columns)
    let contents = try file.contents()
    var end = contents.starts(with: head) ? head.count : 0
    while end > 0, let length = contents[end...].firstIndex(of: UInt8(ascii: "\n")) {
      let digits = contents[end..<length].prefix { $0 != UInt8(ascii: "\t") }
      guard let row = Int(String(decoding: digits, as: UTF8.self)), row <= step else { break }
      end = length + 1
    }
    try file.cut(to: end)
    if end == 0 { try file.append(head) }
  }

  /// Writes a row.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - throughput: Of the steps since the row before, or since this process began.
  /// - Throws: `TrainingError` if it cannot be written.
  func append(step: Int, _ throughput: Throughput) throws(TrainingError) {
    let cells = [throughput.secondsPerStep, throughput.imagesPerSecond, throughput.waitedShare]
      .map { $0.text(digits: 4) }
    try file.append(TableFile.row(["\(step)"] + cells))
  }
}

/// A table that grows by rows of tab-separated cells, and of which a run can take rows back.
final class TableFile {
  private let file: AppendedFile

  /// Opens a table where a checkpoint left it: rows of later steps are cut off.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - columns: The names in the first row of a new table.
  ///   - bytes: What belongs to the steps done; 0 starts a new table.
  ///   - keepsRest: Whether rows of later steps stay.
  ///   - warn: Told if rows are missing.
  /// - Throws: `TrainingError` if it cannot be opened or written.
  init(
    _ path: FilePath, columns: [String], bytes: Int, keepsRest: Bool = false,
    warn: (String) -> Void
  ) throws(TrainingError) {
    file = try AppendedFile(path)
    if file.bytes < bytes { warn("\(path): rows are missing, which the run had written") }
    if !keepsRest || bytes == 0 { try cut(to: min(bytes, file.bytes)) }
    if file.bytes == 0 { try append(columns) }
  }

  /// Bytes written so far.
  var bytes: Int { file.bytes }

  /// Takes rows back, for steps that are done again.
  ///
  /// - Parameter bytes: What stays, at most what there is.
  /// - Throws: `TrainingError` if the file cannot be changed.
  func cut(to bytes: Int) throws(TrainingError) { try file.cut(to: bytes) }

  /// Writes a row.
  func append(_ cells: [String]) throws(TrainingError) {
    try file.append(Self.row(cells))
  }

  /// Cells as a row of a table has them.
  static func row(_ cells: [String]) -> [UInt8] {
    Array((cells.joined(separator: "\t") + "\n").utf8)
  }

  /// Waits until the disk has all rows, which a checkpoint is going to count on.
  func synchronize() throws(TrainingError) { try file.synchronize() }
}

/// A file that a run appends to, and truncates to where a checkpoint is.
final class AppendedFile {
  let path: FilePath
  /// Its length.
  private(set) var bytes = 0

  private let descriptor: Int32
  private let writer: ByteWriter

  /// Opens a file, or makes it; what is in it stays.
  ///
  /// - Parameter path: The file.
  /// - Throws: `TrainingError` if it cannot be opened.
  init(_ path: FilePath) throws(TrainingError) {
    self.path = path
    descriptor = path.withCString { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw .writing(path, .current) }
    writer = ByteWriter(descriptor: descriptor)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .writing(path, .current) }
    try cut(to: status.st_size)
  }

  deinit { close(descriptor) }

  /// Takes back what was written last.
  ///
  /// - Parameter count: What stays, bytes, at most what there is.
  /// - Throws: `TrainingError` if the file cannot be changed.
  func cut(to count: Int) throws(TrainingError) {
    guard ftruncate(descriptor, count) == 0, lseek(descriptor, 0, SEEK_END) == count
    else { throw .writing(path, .current) }
    bytes = count
  }

  /// Writes to the end: all or, where the disk can still do that, nothing.
  ///
  /// - Parameter more: What comes behind the rest.
  /// - Throws: `TrainingError` if it cannot be written.
  func append(_ more: [UInt8]) throws(TrainingError) {
    do {
      try writer.write(more)
    } catch {
      try cut(to: bytes)
      throw .writing(path, error)
    }
    bytes += more.count
  }

  /// Waits until the disk has everything.
  ///
  /// - Throws: `TrainingError` if that fails.
  func synchronize() throws(TrainingError) {
    guard fsync(descriptor) == 0 else { throw .writing(path, .current) }
  }

  /// Reads everything; the descriptor here only writes.
  ///
  /// - Throws: `TrainingError` if that fails.
  func contents() throws(TrainingError) -> [UInt8] {
    do { return Array(try ByteReader(path).readAll()) } catch { throw .writing(path, error) }
  }
}

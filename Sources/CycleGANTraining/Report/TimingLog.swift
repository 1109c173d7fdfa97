import CycleGAN

/// timing.tsv: what log.tsv must not have, since it depends on the clock; a row for each of its rows.
final class TimingLog {
  /// The file's name.
  static let name = "timing.tsv"

  private let file: AppendedFile

  private static let columns = ["step", "seconds_per_step", "images_per_second", "waiting_share"]

  /// Opens the file where a run goes on.
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

import CycleGAN
import Glibc

/// A run's events for TensorBoard: the losses, the learning rate, the throughput, and the sample grids.
///
/// One file for a run, however often it was stopped: whatever reads it finds each step once. Where
/// a run goes on, the events of later steps are cut off, as in log.tsv; a file for each process, as
/// TensorFlow's writers leave it, would make every reader sort out which one holds.
final class TensorBoardLog {
  /// Has what TensorBoard looks for in a name, and no time, host and process.
  static let name = "events.out.tfevents.cg-train"

  private let file: AppendedFile

  /// Opens the file where a run goes on.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - step: Steps done; events of later ones are cut off.
  /// - Throws: `TrainingError` if it cannot be opened or written.
  init(_ path: FilePath, step: Int) throws(TrainingError) {
    file = try AppendedFile(path)
    try cut(after: step)
  }

  /// Takes back the events of steps that are done again, and what a killed process left half written.
  ///
  /// - Parameter step: The last step that stays.
  /// - Throws: `TrainingError` if the file cannot be changed.
  func cut(after step: Int) throws(TrainingError) {
    try file.cut(to: EventRecord.end(ofStep: step, in: try file.contents()))
    if file.bytes == 0 { try append(.version, step: 0) }
  }

  /// Writes an event of a step.
  ///
  /// - Throws: `TrainingError` if it cannot be written.
  func append(_ content: EventRecord.Content, step: Int) throws(TrainingError) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let time = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    try file.append(EventRecord(content: content, step: step, time: time).bytes)
  }
}

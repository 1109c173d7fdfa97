import CycleGAN
import Glibc

/// log.tsv: a row per logged step, and nothing that depends on the clock, so that an interrupted run
/// leaves the same log as an unbroken one.
final class TrainingLog {
  private let path: FilePath
  private let descriptor: Int32
  private let writer: ByteWriter
  /// Bytes written so far.
  private(set) var bytes: Int

  private static let columns =
    ["step", "epoch", "images", "learning_rate"] + Losses.columns.map(\.name)

  /// Opens the log where a checkpoint left it: rows of later steps are cut off.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - bytes: What belongs to the steps done; 0 starts a new log.
  ///   - warn: Told if rows are missing.
  /// - Throws: `TrainingError` if it cannot be opened or written.
  init(_ path: FilePath, bytes: Int, warn: (String) -> Void) throws(TrainingError) {
    self.path = path
    descriptor = path.withCString { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw .writing(path, .current) }
    writer = ByteWriter(descriptor: descriptor)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .writing(path, .current) }
    if status.st_size < bytes { warn("\(path): rows are missing, which the run had written") }
    self.bytes = 0
    try cut(to: min(bytes, status.st_size))
    if self.bytes == 0 { try append(Self.columns) }
  }

  deinit { close(descriptor) }

  /// Takes rows back, for steps that are done again.
  ///
  /// - Parameter bytes: What stays, at most what there is.
  /// - Throws: `TrainingError` if the file cannot be changed.
  func cut(to bytes: Int) throws(TrainingError) {
    guard ftruncate(descriptor, bytes) == 0, lseek(descriptor, 0, SEEK_END) == bytes
    else { throw .writing(path, .current) }
    self.bytes = bytes
  }

  /// Writes a row.
  func append(
    _ position: (step: Int, epoch: Int, images: Int), learningRate: Double, _ losses: Losses
  ) throws(TrainingError) {
    let place = [position.step, position.epoch, position.images].map { "\($0)" }
    try append(place + ["\(learningRate)"] + Losses.columns.map { "\(losses[keyPath: $0.loss])" })
  }

  /// Waits until the disk has all rows, which a checkpoint is going to count on.
  func synchronize() throws(TrainingError) {
    guard fsync(descriptor) == 0 else { throw .writing(path, .current) }
  }

  private func append(_ cells: [String]) throws(TrainingError) {
    let line = Array((cells.joined(separator: "\t") + "\n").utf8)
    do {
      try writer.write(line)
    } catch {
      throw .writing(path, error)
    }
    bytes += line.count
  }
}

extension Losses {
  /// The losses' names in the log, in the order of the official log.
  static var columns: [(name: String, loss: KeyPath<Losses, Float>)] {
    [
      ("discriminator_A", \.discriminatorA), ("adversarial_AB", \.adversarialAB),
      ("cycle_A", \.cycleA), ("identity_A", \.identityA), ("discriminator_B", \.discriminatorB),
      ("adversarial_BA", \.adversarialBA), ("cycle_B", \.cycleB), ("identity_B", \.identityB),
    ]
  }
}

import CycleGAN
import Glibc

/// A table that grows by rows of tab-separated cells, and of which a run can take rows back.
final class TableFile {
  private let path: FilePath
  private let descriptor: Int32
  private let writer: ByteWriter
  /// Bytes written so far.
  private(set) var bytes = 0

  /// Opens a table where a checkpoint left it: rows of later steps are cut off.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - columns: The names in the first row of a new table.
  ///   - bytes: What belongs to the steps done; 0 starts a new table.
  ///   - warn: Told if rows are missing.
  /// - Throws: `TrainingError` if it cannot be opened or written.
  init(
    _ path: FilePath, columns: [String], bytes: Int, warn: (String) -> Void
  ) throws(TrainingError) {
    self.path = path
    descriptor = path.withCString { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw .writing(path, .current) }
    writer = ByteWriter(descriptor: descriptor)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .writing(path, .current) }
    if status.st_size < bytes { warn("\(path): rows are missing, which the run had written") }
    try cut(to: min(bytes, status.st_size))
    if self.bytes == 0 { try append(columns) }
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
  func append(_ cells: [String]) throws(TrainingError) {
    let line = Array((cells.joined(separator: "\t") + "\n").utf8)
    do {
      try writer.write(line)
    } catch {
      throw .writing(path, error)
    }
    bytes += line.count
  }

  /// Waits until the disk has all rows, which a checkpoint is going to count on.
  func synchronize() throws(TrainingError) {
    guard fsync(descriptor) == 0 else { throw .writing(path, .current) }
  }
}

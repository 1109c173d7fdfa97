import CycleGAN
import Glibc

/// A file that a run writes to its end, and takes back to where a checkpoint is.
final class AppendedFile {
  let path: FilePath
  /// What is in it.
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
    do { return try ByteReader(path).readAll() } catch { throw .writing(path, error) }
  }
}

import CycleGAN

/// A table that grows by rows of tab-separated cells, and of which a run can take rows back.
final class TableFile {
  private let file: AppendedFile

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
    file = try AppendedFile(path)
    if file.bytes < bytes { warn("\(path): rows are missing, which the run had written") }
    try cut(to: min(bytes, file.bytes))
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

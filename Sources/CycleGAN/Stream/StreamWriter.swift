/// Writes a tensor stream, as cg-stream(5) describes it.
///
/// Samples are written from the frame's buffer, without a copy.
public final class StreamWriter {
  private let writer: ByteWriter
  private let isPlain: Bool
  private var tally = StreamTally()

  /// Starts a stream; nothing is written yet.
  ///
  /// - Parameters:
  ///   - writer: Where it goes; stays open.
  ///   - plain: Whether notes are left out, and with them names, failures and checksums.
  public init(_ writer: ByteWriter, plain: Bool = false) {
    self.writer = writer
    isPlain = plain
  }

  /// Writes a frame and the note in front of it.
  ///
  /// - Parameters:
  ///   - frame: uint8 or float32 samples; written as they are.
  ///   - name: The path it came from.
  /// - Throws: `SystemError`, perhaps after a part was written.
  public func write(_ frame: Frame, name: FilePath?) throws(SystemError) {
    let header = NPY.header(of: frame)
    try frame.withSampleBytes { samples throws(SystemError) in
      let count = header.count + samples.count
      if !isPlain {
        let sum = crc32(samples, crc32(header))
        try write(Note.frame(name: name, crc32: sum))
        tally.add(sum, count: count)
      }
      try writer.write(header)
      try writer.write(samples)
    }
    tally.frames += 1
  }

  /// Writes, instead of a frame, why there is none.
  ///
  /// - Parameters:
  ///   - name: The input's path.
  ///   - reason: One line.
  /// - Throws: `SystemError`, perhaps after a part was written.
  public func writeFailure(name: FilePath?, reason: String) throws(SystemError) {
    tally.failed += 1
    try write(Note.failure(name: name, reason: reason))
  }

  /// Writes the end note, without which the stream counts as truncated.
  ///
  /// - Throws: `SystemError`, perhaps after a part was written.
  public func finish() throws(SystemError) {
    try write(Note.end(tally))
    tally = StreamTally()
  }

  private func write(_ note: Note) throws(SystemError) {
    guard !isPlain, let text = note.text else { return }
    let record = NPY.header(.uint8, shape: [text.count]) + text
    tally.add(crc32(record), count: record.count)
    try writer.write(record)
  }
}

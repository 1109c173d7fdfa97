/// A record of a tensor stream that matters to its reader.
public enum StreamRecord: Sendable, Equatable {
  /// An image, whole and verified.
  case frame(Frame, name: FilePath?)
  /// An image, whole and verified, that there is no memory for; others may follow.
  case skipped(OutOfMemory, name: FilePath?)
  /// An input that failed upstream, in the order of the inputs.
  case failure(name: FilePath?, reason: String)
  /// The end of what one tool wrote; more may follow in a concatenation.
  case end(frames: Int, failed: Int)
}

/// What a stream may ask for; checked before anything is allocated.
public struct StreamLimits: Sendable, Equatable {
  /// The most pixels in a frame.
  public var maximumPixels: Int
  /// The longest side of a frame, px.
  public var maximumSide: Int
  /// The longest note, bytes.
  public var maximumNoteBytes: Int

  /// The longest header, bytes.
  static let maximumHeaderBytes = 65_536

  /// Sets limits.
  ///
  /// - Parameters:
  ///   - maximumPixels: The most pixels in a frame.
  ///   - maximumSide: The longest side of a frame, px.
  ///   - maximumNoteBytes: The longest note, bytes.
  public init(
    maximumPixels: Int = 100_000_000, maximumSide: Int = 32_768, maximumNoteBytes: Int = 1 << 20
  ) {
    self.maximumPixels = maximumPixels
    self.maximumSide = maximumSide
    self.maximumNoteBytes = maximumNoteBytes
  }
}

/// Reads a tensor stream, as cg-stream(5) describes it.
///
/// Frames come out as soon as they are whole and their checksum is right. Concatenated streams,
/// streams without notes and files of `numpy.save` are streams too.
public final class StreamReader {
  private let records: RecordReader
  /// Everything since the start or the end note before.
  private var whole = StreamTally()
  /// The same from the first note on: a plain stream may stand in front of one with notes.
  private var noted: StreamTally?
  /// The note whose frame has still to come.
  private var waiting: (name: FilePath?, crc32: UInt32?)?
  private var failure: StreamError?

  /// Starts at the reader's position; nothing is read yet.
  ///
  /// - Parameters:
  ///   - reader: Where the bytes come from.
  ///   - limits: What a record may ask for.
  public init(_ reader: ByteReader, limits: StreamLimits = .init()) {
    records = RecordReader(reader: reader, limits: limits)
  }

  /// Reads the next record that matters.
  ///
  /// - Returns: A frame, a failure or an end; nil at the end of a stream that is whole.
  /// - Throws: `StreamError`, after everything before the damage was returned; the same again
  ///   from then on.
  public func next() throws(StreamError) -> StreamRecord? {
    if let failure { throw failure }
    do throws(StreamError) {
      while let record = try records.next() {
        if let found = try take(record) { return found }
      }
      try requireEnd()
      return nil
    } catch {
      failure = error
      throw error
    }
  }

  /// Finds out what a record means; nil if it only prepares for others.
  private func take(_ record: RecordReader.Record) throws(StreamError) -> StreamRecord? {
    switch record.content {
    case .frame(let frame): return .frame(frame, name: try nameOfFrame(record))
    case .skipped(let error): return .skipped(error, name: try nameOfFrame(record))
    case .note(.end(let tally)):
      try check(tally, record)
      return .end(frames: tally.frames, failed: tally.failed)
    case .note(let note):
      if noted == nil { noted = StreamTally() }
      return try take(note, record)
    }
  }

  /// Counts a frame, and takes the note in front of it.
  private func nameOfFrame(_ record: RecordReader.Record) throws(StreamError) -> FilePath? {
    let note = waiting
    waiting = nil
    if let sum = note?.crc32, sum != record.crc32 {
      throw records.damaged("the frame's checksum is \(record.crc32), its note says \(sum)")
    }
    add(record) { $0.frames += 1 }
    return note?.name
  }

  private func take(
    _ note: Note, _ record: RecordReader.Record
  ) throws(StreamError) -> StreamRecord? {
    switch note {
    case .frame(let name, let sum):
      try requireNothingWaiting()
      waiting = (name, sum)
      add(record) { _ in }
      return nil
    case .failure(let name, let reason):
      try requireNothingWaiting()
      add(record) { $0.failed += 1 }
      return .failure(name: name, reason: reason)
    case .end, .other:
      add(record) { _ in }
      return nil
    }
  }

  private func add(_ record: RecordReader.Record, _ count: (inout StreamTally) -> Void) {
    whole.add(record.crc32, count: record.count)
    count(&whole)
    guard var tally = noted else { return }
    tally.add(record.crc32, count: record.count)
    count(&tally)
    noted = tally
  }

  /// Compares an end note with what came, and starts anew.
  private func check(_ tally: StreamTally, _ record: RecordReader.Record) throws(StreamError) {
    try requireNothingWaiting()
    // No checksum covers the end note itself, so that its header must be the one we would write.
    guard record.isCanonical else { throw records.damaged("the end note's header is not NumPy's") }
    let counted = noted ?? StreamTally()
    guard tally == whole || tally == counted else {
      throw records.damaged(
        "the end note says \(tally.frames) frames, \(tally.failed) failed, checksum "
          + "\(tally.crc32); there were \(counted.frames), \(counted.failed), \(counted.crc32)")
    }
    whole = StreamTally()
    noted = nil
  }

  private func requireNothingWaiting() throws(StreamError) {
    guard waiting == nil else { throw records.damaged("a frame should follow its note") }
  }

  private func requireEnd() throws(StreamError) {
    guard waiting == nil else { throw records.truncated("it stops after a frame's note") }
    guard noted == nil else { throw records.truncated("it stops without an end note") }
  }
}

/// Why a tensor stream cannot be read further.
public enum StreamError: ResourceLimited, Equatable {
  /// A position in a stream.
  public struct Position: Sendable, Equatable, CustomStringConvertible {
    /// Counted from 1, notes included.
    public let record: Int
    /// Bytes from the start of the stream.
    public let offset: Int

    /// As errors say it.
    public var description: String { "record \(record), byte \(offset)" }
  }

  /// It stops in the middle of a record, or without the end note that its notes promise.
  case truncated(Position, reason: String)
  /// A record is not what the format says, or not what its checksum says.
  case damaged(Position, reason: String)
  /// An array that NumPy can read and that is neither a frame nor a note.
  case unsupported(Position, reason: String)
  /// A record asks for more than the limits allow.
  case tooLarge(Position, reason: String, limit: ResourceLimit? = nil)
  /// The system could not read it.
  case unreadable(Position, SystemError)

  /// The limit that was exceeded, if it is one that an image has, too; else nil.
  public var exceededLimit: ResourceLimit? {
    if case .tooLarge(_, _, let limit) = self { limit } else { nil }
  }

  /// One line for standard error, without the file name.
  public var description: String {
    switch self {
    case .truncated(let position, let reason):
      "truncated tensor stream at \(position): \(reason)"
    case .damaged(let position, let reason):
      "damaged tensor stream at \(position): \(reason)"
    case .unsupported(let position, let reason), .tooLarge(let position, let reason, _):
      "tensor stream at \(position): \(reason)"
    case .unreadable(let position, let error):
      "tensor stream at \(position) is unreadable: \(error)"
    }
  }
}

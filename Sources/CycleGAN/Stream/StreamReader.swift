/// Reads a tensor stream, as cg-stream(5) describes it.
///
/// Frames come out as soon as they are whole and their checksum is right. Concatenated streams,
/// streams without notes and files of `numpy.save` are streams too.
public final class StreamReader {
  private let source: RecordSource
  /// Everything since the start or the end note before.
  private var whole = StreamTally()
  /// The same from the first note on: a plain stream may stand in front of one with notes.
  private var noted: StreamTally?
  /// The note whose frame has still to come.
  private var waiting: (name: FilePath?, crc32: UInt32?)?
  private var failure: StreamError?

  /// Starts at the reader's place; nothing is read yet.
  ///
  /// - Parameters:
  ///   - reader: Where the bytes come from.
  ///   - limits: What a record may ask for.
  public init(_ reader: ByteReader, limits: StreamLimits = .init()) {
    source = RecordSource(reader: reader, limits: limits)
  }

  /// Reads the next record that matters.
  ///
  /// - Returns: A frame, a failure or an end; nil at the end of a stream that is whole.
  /// - Throws: `StreamError`, after everything before the damage was returned; the same again
  ///   from then on.
  public func next() throws(StreamError) -> StreamRecord? {
    if let failure { throw failure }
    do throws(StreamError) {
      while let record = try source.next() {
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
  private func take(_ record: RecordSource.Record) throws(StreamError) -> StreamRecord? {
    switch record.content {
    case .frame(let frame):
      let note = waiting
      waiting = nil
      if let sum = note?.crc32, sum != record.crc32 {
        throw source.damaged("the frame's checksum is \(record.crc32), its note says \(sum)")
      }
      add(record) { $0.frames += 1 }
      return .frame(frame, name: note?.name)
    case .note(.end(let tally)):
      try check(tally, record)
      return .end(frames: tally.frames, failed: tally.failed)
    case .note(let note):
      if noted == nil { noted = StreamTally() }
      return try take(note, record)
    }
  }

  private func take(
    _ note: Note, _ record: RecordSource.Record
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

  private func add(_ record: RecordSource.Record, _ count: (inout StreamTally) -> Void) {
    whole.add(record.crc32, count: record.count)
    count(&whole)
    guard var tally = noted else { return }
    tally.add(record.crc32, count: record.count)
    count(&tally)
    noted = tally
  }

  /// Holds an end note against what came, and starts anew.
  private func check(_ tally: StreamTally, _ record: RecordSource.Record) throws(StreamError) {
    try requireNothingWaiting()
    // No checksum covers the end note itself, so that its header must be the one we would write.
    guard record.isCanonical else { throw source.damaged("the end note's header is not NumPy's") }
    let counted = noted ?? StreamTally()
    guard tally == whole || tally == counted else {
      throw source.damaged(
        "the end note says \(tally.frames) frames, \(tally.failed) failed, checksum "
          + "\(tally.crc32); there were \(counted.frames), \(counted.failed), \(counted.crc32)")
    }
    whole = StreamTally()
    noted = nil
  }

  private func requireNothingWaiting() throws(StreamError) {
    guard waiting == nil else { throw source.damaged("a frame should follow its note") }
  }

  private func requireEnd() throws(StreamError) {
    guard waiting == nil else { throw source.truncated("it stops after a frame's note") }
    guard noted == nil else { throw source.truncated("it stops without an end note") }
  }
}

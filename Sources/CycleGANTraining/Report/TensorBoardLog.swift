import CycleGAN
import Glibc

/// A run's events for TensorBoard: losses, learning rate, throughput, and sample grids.
///
/// One file for a run, however often it was stopped: readers find each step once. When a run is
/// resumed, the events of later steps are cut off, as in log.tsv; a file for each process, as
/// TensorFlow's writers leave it, would make every reader sort out which one holds.
final class TensorBoardLog {
  /// Has what TensorBoard looks for in a name, and no time, host and process.
  static let name = "events.out.tfevents.cg-train"

  private let file: AppendedFile

  /// Opens the file where a run is resumed.
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

/// An event as TensorBoard reads it: a protobuf message `Event` in a record with checksums.
///
/// Source: TensorFlow's event.proto and summary.proto, and record_writer.cc for the frame.
struct EventRecord {
  /// What an event says.
  enum Content {
    /// The first of a file.
    case version
    /// Values by name.
    case scalars([(tag: String, value: Float)])
    /// A PNG of three channels.
    case image(tag: String, width: Int, height: Int, png: [UInt8])
  }

  let content: Content
  let step: Int
  /// Seconds since 1970.
  let time: Double

  /// The record: its length and the event, both with their checksum.
  var bytes: [UInt8] {
    let event = message
    let length = UInt64(event.count).bytes(.littleEndian)
    return length + maskedCRC32C(length).bytes(.littleEndian) + event
      + maskedCRC32C(event).bytes(.littleEndian)
  }

  /// The time, the step behind it, where `end` looks for it, and the content.
  private var message: [UInt8] {
    var event = ProtobufWriter()
    event.write(1, time)
    event.write(2, step)
    switch content {
    case .version: event.write(3, "brain.Event:2")
    case .scalars(let scalars):
      event.write(5) { summary in
        for (tag, number) in scalars {
          summary.write(1) { value in
            value.write(1, tag)
            value.write(2, number)
          }
        }
      }
    case .image(let tag, let width, let height, let png):
      event.write(5) { summary in
        summary.write(1) { value in
          value.write(1, tag)
          value.write(4) { image in
            image.write(1, height)
            image.write(2, width)
            image.write(3, 3)
            image.write(4, png)
          }
        }
      }
    }
    return event.bytes
  }
}

extension EventRecord {
  /// Finds where the records of some first steps end: there, or where a record is damaged.
  ///
  /// - Parameters:
  ///   - step: The last step that counts.
  ///   - contents: Of a file of events.
  /// - Returns: Bytes from the beginning; 0 where the file does not begin with a version.
  static func end(ofStep step: Int, in contents: [UInt8]) -> Int {
    var end = 0
    while let (event, next) = event(at: end, in: contents), let eventStep = self.step(of: event) {
      // The version's step is 0, of one byte.
      let isVersion = event.dropFirst(11).first == 3 << 3 | 2
      guard eventStep <= step, end > 0 || isVersion else { break }
      end = next
    }
    return end
  }

  /// The event at an offset, if it is complete, and the offset of the next one.
  private static func event(
    at offset: Int, in contents: [UInt8]
  ) -> (event: ArraySlice<UInt8>, next: Int)? {
    let rest = contents[offset...]
    guard rest.count >= 12 else { return nil }
    let length = UInt64(rest.prefix(8), .littleEndian)
    guard maskedCRC32C(rest.prefix(8)) == UInt32(rest.dropFirst(8).prefix(4), .littleEndian),
      length <= UInt64(rest.count) - 12, rest.count - 12 - Int(length) >= 4
    else { return nil }
    let event = rest.dropFirst(12).prefix(Int(length))
    let checksum = rest[event.endIndex...].prefix(4)
    guard maskedCRC32C(event) == UInt32(checksum, .littleEndian) else { return nil }
    return (event, checksum.endIndex)
  }

  /// The step of an event as `bytes` writes it: behind the time.
  private static func step(of event: ArraySlice<UInt8>) -> Int? {
    let field = event.dropFirst(9)
    guard event.first == 1 << 3 | 1, field.first == 2 << 3 else { return nil }
    var step: UInt64 = 0
    for (i, byte) in field.dropFirst().prefix(9).enumerated() {
      step |= UInt64(byte & 0x7F) << (7 * UInt64(i))
      if byte < 0x80 { return Int(step) }
    }
    return nil
  }
}

/// CRC-32C, turned and shifted, since a checksum of what has checksums in it is a weak one.
private func maskedCRC32C(_ bytes: some Sequence<UInt8>) -> UInt32 {
  let checksum = ~bytes.reduce(~0) {
    crc32CTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8)
  }
  return (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
}

/// Castagnoli's polynomial, lowest bit first.
private let crc32CTable: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0x82f6_3b78 : 0) }
}

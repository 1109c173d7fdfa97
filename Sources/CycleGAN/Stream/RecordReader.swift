/// Reads the records of a stream one by one; what they mean together is `StreamReader`'s concern.
final class RecordReader {
  /// One array of the stream.
  struct Record {
    /// The two kinds there are.
    enum Content {
      /// A 3-D array.
      case frame(Frame)
      /// A 3-D array that there is no memory for; its bytes were passed over.
      case skipped(OutOfMemory)
      /// A 1-D array.
      case note(Note)
    }

    let content: Content
    /// The CRC-32 of the whole record, header included.
    let crc32: UInt32
    /// Bytes, header included.
    let count: Int
    /// Whether the header is byte for byte the one that NumPy writes.
    let isCanonical: Bool
  }

  private let reader: ByteReader
  private let limits: StreamLimits
  private let start: Int
  /// The number of the record being read, from 1.
  private var number = 0
  private var sum: UInt32 = 0
  private var count = 0

  init(reader: ByteReader, limits: StreamLimits) {
    self.reader = reader
    self.limits = limits
    start = reader.offset
  }

  private var position: StreamError.Position {
    StreamError.Position(record: number, offset: reader.offset - start)
  }

  func damaged(_ reason: String) -> StreamError { .damaged(position, reason: reason) }

  func truncated(_ reason: String) -> StreamError { .truncated(position, reason: reason) }

  private func unsupported(_ reason: String) -> StreamError {
    .unsupported(position, reason: reason)
  }

  /// Reads a record.
  ///
  /// - Returns: nil if there is none.
  /// - Throws: `StreamError` if it is not whole, not known or too large.
  func next() throws(StreamError) -> Record? {
    number += 1
    (sum, count) = (0, 0)
    let first = try bytes(NPY.magic.count + 4)
    if first.isEmpty { return nil }
    guard first.starts(with: NPY.magic.prefix(first.count)) else {
      throw damaged("there is no NumPy record")
    }
    let text = try headerText(first)
    let description: NPYDescription
    do throws(NPYSyntaxError) { description = try NPYDescription(parsing: text) } catch {
      throw damaged(error.reason)
    }
    let element = try element(of: description)
    let isCanonical = first + text == NPY.header(element, shape: description.shape)
    let content = try content(element, description.shape)
    return Record(content: content, crc32: sum, count: count, isCanonical: isCanonical)
  }

  private func headerText(_ first: [UInt8]) throws(StreamError) -> [UInt8] {
    guard first.count == NPY.magic.count + 4 else { throw truncated("it stops in a header") }
    let version = (first[6], first[7])
    guard [1, 2, 3].contains(version.0), version.1 == 0 else {
      throw unsupported("NumPy format version \(version.0).\(version.1) is not known")
    }
    let rest = try bytes(version.0 > 1 ? 2 : 0)
    guard version.0 == 1 || rest.count == 2 else { throw truncated("it stops in a header") }
    let length = Int(UInt32(first[8...] + rest, .littleEndian))
    guard length <= StreamLimits.maximumHeaderBytes else {
      throw .tooLarge(
        position,
        reason: "a header of \(length) bytes; the limit is \(StreamLimits.maximumHeaderBytes)")
    }
    let text = try bytes(length)
    guard text.count == length else { throw truncated("it stops in a header") }
    return text
  }

  private func element(of description: NPYDescription) throws(StreamError) -> NPY.Element {
    // One byte has no order, so that NumPy takes these as well.
    let uint8s = ["|u1", "<u1", ">u1", "=u1", "u1"]
    let name = uint8s.contains(description.element) ? "|u1" : description.element
    guard let element = NPY.Element(rawValue: name) else {
      throw unsupported(
        "elements of type \(escaped(Array(description.element.utf8))); "
          + "frames are uint8 or little-endian float32")
    }
    guard !description.isFortranOrder else {
      throw unsupported("an array in Fortran order; write numpy.ascontiguousarray of it")
    }
    return element
  }

  private func content(
    _ element: NPY.Element, _ shape: [Int]
  ) throws(StreamError) -> Record.Content {
    switch (element, shape.count) {
    case (.uint8, 1): .note(try note(shape[0]))
    case (.uint8, 3): try frame(element, width: shape[1], height: shape[0], shape[2])
    case (.float32, 3): try frame(element, width: shape[2], height: shape[1], shape[0])
    default:
      throw unsupported(
        "an array of \(shape.count) dimensions of \(element); a frame has 3, uint8 or float32, "
          + "and a note 1, uint8")
    }
  }

  private func note(_ length: Int) throws(StreamError) -> Note {
    guard length <= limits.maximumNoteBytes else {
      throw .tooLarge(
        position, reason: "a note of \(length) bytes; the limit is \(limits.maximumNoteBytes)")
    }
    let text = try bytes(length)
    guard text.count == length else { throw truncated("it stops in a note") }
    do throws(NoteError) { return try Note(parsing: text) } catch { throw damaged(error.reason) }
  }

  /// Reads what follows a frame's header.
  private func frame(
    _ element: NPY.Element, width: Int, height: Int, _ channels: Int
  ) throws(StreamError) -> Record.Content {
    guard channels == 1 || channels == 3 else {
      let hint = element == .uint8 ? "(height, width, channels)" : "(channels, height, width)"
      throw unsupported("a frame of \(channels) channels; \(hint) has 1 or 3")
    }
    guard width > 0 && height > 0 else { throw damaged("a frame of \(width) x \(height) pixels") }
    guard width <= limits.maximumSide && height <= limits.maximumSide else {
      throw .tooLarge(
        position,
        reason: "a frame of \(width) x \(height) pixels; the limit is \(limits.maximumSide) "
          + "per side", limit: .side)
    }
    let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
    guard !overflows, pixels <= limits.maximumPixels else {
      throw .tooLarge(
        position,
        reason: "a frame of \(width) x \(height) pixels; the limit is \(limits.maximumPixels)",
        limit: .pixels)
    }
    let (count, countOverflows) = pixels.multipliedReportingOverflow(by: channels)
    let (bytes, bytesOverflow) = count.multipliedReportingOverflow(by: element.size)
    guard !countOverflows, !bytesOverflow else {
      throw .tooLarge(
        position, reason: "a frame of \(width) x \(height) pixels, which is too large")
    }
    let samples: Frame.Samples?
    switch element {
    case .uint8: samples = try read(count).map { .uint8($0) }
    case .float32: samples = try floats(count).map { .float32($0) }
    }
    guard let samples else {
      try skip(bytes)
      return .skipped(OutOfMemory(byteCount: bytes))
    }
    return .frame(Frame(width: width, height: height, channels: channels, samples: samples))
  }

  private func floats(_ count: Int) throws(StreamError) -> Buffer<Float>? {
    guard let samples: Buffer<Float> = try read(count) else { return nil }
    if let index = samples.firstNonfinite {
      throw damaged("the frame's value at index \(index) is \(samples[index])")
    }
    return samples
  }

  /// Reads samples straight to where they stay.
  ///
  /// - Returns: nil if there is no memory for them; then none are read.
  private func read<Sample>(_ count: Int) throws(StreamError) -> Buffer<Sample>? {
    let samples: MutableBuffer<Sample>
    do throws(OutOfMemory) { samples = try MutableBuffer(count: count) } catch { return nil }
    try samples.withElements { samples throws(StreamError) in
      let memory = UnsafeMutableRawBufferPointer(samples)
      guard try read(into: memory) == memory.count else { throw truncated("it stops in a frame") }
    }
    return samples.frozen()
  }

  /// Passes over samples, with their checksum.
  private func skip(_ count: Int) throws(StreamError) {
    var left = count
    while left > 0 {
      let piece = min(left, 1 << 16)
      guard try bytes(piece).count == piece else { throw truncated("it stops in a frame") }
      left -= piece
    }
  }

  private func bytes(_ wanted: Int) throws(StreamError) -> [UInt8] {
    do throws(SystemError) {
      let bytes = Array(try reader.readExactly(wanted))
      sum = crc32(bytes, sum)
      count += bytes.count
      return bytes
    } catch {
      throw .unreadable(position, error)
    }
  }

  /// Fills a buffer in pieces, so that the checksum finds them in the cache.
  private func read(into memory: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
    var filled = 0
    while filled < memory.count {
      let piece = UnsafeMutableRawBufferPointer(
        rebasing: memory[filled..<min(filled + (1 << 18), memory.count)])
      do throws(SystemError) {
        let read = try reader.read(into: piece)
        sum = crc32(UnsafeRawBufferPointer(rebasing: piece[..<read]), sum)
        filled += read
        if read < piece.count { break }
      } catch {
        throw .unreadable(position, error)
      }
    }
    count += filled
    return filled
  }
}

import Glibc

/// Reads images of any format one after the other as they arrive, so that a pipe of them needs no
/// more memory than the largest.
package final class ImageStreamReader {
  /// One image of several.
  package enum Element: Sendable {
    /// The bytes of one image, which are not decoded yet.
    case encoded(Buffer<UInt8>)
    /// An image whose end only decoding told.
    case decoded(DecodedImage)
  }

  /// Bytes behind the last image that are no image themselves, once the end is reached.
  package private(set) var trailingBytes = 0
  /// The format of the last image.
  package private(set) var format: ImageFormat?

  private let reader: ByteReader
  private let options: DecodingOptions
  /// What is left of Netpbm images whose samples are text: they end where the next one begins.
  private var rest: ImageSequence?
  private var isAtEnd = false
  /// Why a read failed, which no codec error can say.
  private var failure: SystemError?

  private static let maximumHeaderBytes = 1 << 16

  /// Starts at the reader's position.
  ///
  /// - Parameters:
  ///   - reader: Where the bytes come from.
  ///   - options: Limits, and which damage is refused.
  package init(_ reader: ByteReader, options: DecodingOptions = DecodingOptions()) {
    self.reader = reader
    self.options = options
  }

  /// Reads the next image; after one without an end there is none, since nothing says where it would
  /// start.
  ///
  /// Nothing behind the image is waited for, unless its samples are text.
  ///
  /// - Returns: The image, or why it cannot be decoded; nil after the last one.
  /// - Throws: `SystemError` if a read fails.
  package func next() throws(SystemError) -> Result<Element, CodecError>? {
    guard try follows() else { return nil }
    do throws(CodecError) {
      guard let image = try readNext() else { return nil }
      return .success(image)
    } catch {
      isAtEnd = true
      if let failure { throw failure }
      return .failure(error)
    }
  }

  /// Whether there is another image; waits for its first bytes.
  ///
  /// What follows a Netpbm image has to be an image; what follows others may be padding, or what a
  /// camera adds, which `trailingBytes` counts.
  ///
  /// - Returns: False at the end, and after a failure.
  /// - Throws: `SystemError` if a read fails.
  package func follows() throws(SystemError) -> Bool {
    guard !isAtEnd else { return false }
    if let rest {
      isAtEnd = rest.remainingBytes == 0
      return !isAtEnd
    }
    var padding = 0
    while let byte = try reader.peek(1).first {
      // Blanks between two images are what echo and editors leave, zeros are what fills blocks.
      let isPadding = byte == 0 && format != .ppm
      if format != nil && (isPadding || PNM.isBlank(byte)) {
        _ = try reader.readExactly(1)
        padding += isPadding ? 1 : 0
        guard padding <= options.maximumBytes else { break }
        continue
      }
      if format == nil || format == .ppm { return true }
      if ImageFormat.recognized(try signature()) != nil { return true }
      break
    }
    isAtEnd = true
    trailingBytes = padding + (try countRest())
    return false
  }

  /// Counts what is no image, as far as the limit goes.
  private func countRest() throws(SystemError) -> Int {
    var count = 0
    while count <= options.maximumBytes {
      let piece = try reader.read(upTo: 1 << 16)
      if piece.isEmpty { break }
      count += piece.count
    }
    return count
  }

  /// Looks at as many bytes as it takes to tell a format.
  private func signature() throws(SystemError) -> [UInt8] {
    var first: [UInt8] = []
    for count in 1...16 {
      first = try reader.peek(count)
      guard first.count == count, ImageFormat.isUndecided(first) else { break }
    }
    return first
  }

  private func readNext() throws(CodecError) -> Element? {
    if rest != nil { return try rest?.next().map { .decoded($0) } }
    let first = try read { _, _ throws(SystemError) in try signature() }
    guard !first.isEmpty else { return nil }
    guard let recognized = ImageFormat.recognized(first) else { throw .unknownFormat }
    format = recognized
    guard let codec = recognized.codec as? any DelimitedCodec.Type else { return try readPNM() }
    var image = EncodedImage(reader, limit: options.maximumBytes)
    let bytes = image.readToEnd(as: codec)
    if let error = image.failure { throw stopped(by: error) }
    // Nobody knows where such an image ends; its decoder names the limit.
    if image.isTooLong { isAtEnd = true }
    return .encoded(bytes)
  }

  private func readPNM() throws(CodecError) -> Element? {
    let (header, count) = try peekHeader()
    try options.checkSize(width: header.width, height: header.height)
    if header.isPlain {
      rest = ImageSequence(
        try read { reader, limit throws(SystemError) in try reader.readAll(limit: limit) },
        options: options)
      return try rest?.next().map { .decoded($0) }
    }
    let bytes = try read { reader, limit throws(SystemError) in
      let (whole, overflows) = min(header.leastBytes, limit).addingReportingOverflow(count)
      return try reader.readExactly(overflows ? .max : whole)
    }
    return .encoded(bytes)
  }

  /// Looks ahead only as far as the header goes, so that nothing waits for the next image.
  private func peekHeader() throws(CodecError) -> (PNMHeader, count: Int) {
    var wanted = 8
    while true {
      let bytes = try peek(wanted)
      let isAll = bytes.count < wanted || wanted >= Self.maximumHeaderBytes
      var scanner = PNMScanner(bytes: Buffer(bytes), position: 0)
      do throws(CodecError) {
        let header = try PNMHeader(&scanner)
        // A comment at the header's end may go on behind what was looked at.
        if scanner.position < bytes.count || isAll { return (header, scanner.position) }
      } catch .truncated(let format, let reason) {
        guard !isAll else { throw .truncated(format, reason: reason) }
      }
      // By ones at first: even an image of one pixel need not wait for the next.
      wanted += wanted < 64 ? 1 : wanted
    }
  }

  private func peek(_ count: Int) throws(CodecError) -> [UInt8] {
    try read { reader, _ throws(SystemError) in try reader.peek(count) }
  }

  private func read<Bytes>(
    _ body: (ByteReader, Int) throws(SystemError) -> Bytes
  ) throws(CodecError) -> Bytes {
    do throws(SystemError) { return try body(reader, options.maximumBytes) } catch {
      throw stopped(by: error)
    }
  }

  /// What is thrown where reading fails: an image that is too large for the memory is refused by its
  /// codec's words, and other failures are kept for `next`.
  private func stopped(by error: SystemError) -> CodecError {
    guard error.code == ENOMEM else {
      failure = error
      return .empty
    }
    return .outOfMemory(reason: "the file cannot be read whole")
  }
}

/// The bytes of an encoded image while its end is looked for: in memory, or as they arrive.
///
/// Nothing behind the image is read, so that an image of a pipe need not wait for the next one.
struct EncodedImage {
  private enum Source {
    /// From the image's first byte on.
    case memory(Buffer<UInt8>)
    /// All that was read belongs to the image.
    case arriving(ByteReader, MutableBuffer<UInt8>)
  }

  /// How many bytes are known to belong to the image.
  private(set) var count = 0
  /// Why reading failed.
  private(set) var failure: SystemError?
  private let source: Source
  private let limit: Int

  /// Takes bytes that are all there, the image's first one first.
  init(_ bytes: Buffer<UInt8>) {
    source = .memory(bytes)
    limit = .max
  }

  /// Takes bytes as they arrive.
  ///
  /// - Parameters:
  ///   - reader: At the image's first byte.
  ///   - limit: The most that is read and kept, but for one more, bytes.
  init(_ reader: ByteReader, limit: Int) {
    let bytes = MutableBuffer<UInt8>()
    // The image is most often the whole file; where there is no memory for that, it may be a part.
    do throws(OutOfMemory) { try bytes.reserve(min(reader.restOfFile?.count ?? 0, limit)) } catch {}
    source = .arriving(reader, bytes)
    self.limit = limit
  }

  /// Whether the image has more bytes than may be kept.
  var isTooLong: Bool { count > limit }

  /// Finds the image's end.
  ///
  /// - Parameter format: The image's.
  /// - Returns: Its bytes; all that there are where it has no end.
  mutating func readToEnd(as format: any DelimitedCodec.Type) -> Buffer<UInt8> {
    do throws(EndOfBytes) { try format.findEnd(of: &self) } catch {
      // A truncated image, which its decoder names.
      count = available
    }
    switch source {
    case .memory(let bytes): return bytes.prefix(count)
    case .arriving(_, let bytes): return bytes.frozen()
    }
  }

  /// Bytes of the image that are in memory, and of what follows it.
  private var available: Int {
    switch source {
    case .memory(let bytes): bytes.count
    case .arriving(_, let bytes): bytes.count
    }
  }

  /// Moves forward.
  ///
  /// - Parameter distance: Bytes, at least 0.
  /// - Throws: `EndOfBytes` if there are fewer, or more than may be kept.
  mutating func skip(_ distance: Int) throws(EndOfBytes) {
    if case .arriving(let reader, let bytes) = source {
      // One more than the limit tells that there are more.
      let allowed = min(distance, limit == .max ? .max : limit + 1 - count)
      do throws(SystemError) { try reader.append(allowed, to: bytes) } catch {
        failure = error
        throw EndOfBytes()
      }
    }
    guard distance <= available - count else {
      count = available
      throw EndOfBytes()
    }
    count += distance
  }

  /// Reads a piece and moves behind it.
  ///
  /// - Parameter wanted: Bytes, at least 0 and few: no format has a piece of more than 64 KiB that has to
  ///   be looked at.
  /// - Returns: Exactly that many.
  /// - Throws: `EndOfBytes` if there are fewer, or more than may be kept.
  mutating func readBytes(_ wanted: Int) throws(EndOfBytes) -> Buffer<UInt8> {
    let start = count
    try skip(wanted)
    switch source {
    case .memory(let bytes): return bytes.dropFirst(start).prefix(wanted)
    case .arriving(_, let bytes): return bytes.withElements { Buffer(Array($0[start...])) }
    }
  }

  /// Reads a number and moves behind it.
  ///
  /// - Parameters:
  ///   - type: Says how many bytes it takes.
  ///   - order: The order of the bytes.
  /// - Returns: The number.
  /// - Throws: `EndOfBytes` if there are fewer.
  mutating func read<Number: FixedWidthInteger>(
    _ type: Number.Type, _ order: ByteOrder
  ) throws(EndOfBytes) -> Number {
    Number(try readBytes(Number.bitWidth / 8), order)
  }

  /// Moves behind the first byte that fulfills a condition.
  ///
  /// - Parameter isLast: Asked for every byte once, in order.
  /// - Throws: `EndOfBytes` if there is none.
  @inline(__always)
  mutating func skip(through isLast: (UInt8) -> Bool) throws(EndOfBytes) {
    switch source {
    case .memory(let bytes):
      guard let found = bytes.dropFirst(count).firstIndex(where: isLast) else {
        count = bytes.count
        throw EndOfBytes()
      }
      count = found + 1 - bytes.startIndex
    case .arriving(let reader, let bytes):
      var isFound = false
      while !isFound {
        let allowed = limit == .max ? limit : limit + 1 - count
        guard allowed > 0 else { throw EndOfBytes() }
        do throws(SystemError) {
          try reader.append(upTo: allowed, to: bytes) { byte in
            isFound = isLast(byte)
            return isFound
          }
        } catch {
          failure = error
          throw EndOfBytes()
        }
        guard count < bytes.count else { throw EndOfBytes() }
        count = bytes.count
      }
    }
  }

  /// Whether what follows begins like this, without taking it for the image's.
  ///
  /// - Parameters:
  ///   - beginning: A few bytes.
  ///   - distance: Where they are to be, bytes from here.
  /// - Returns: False also where the bytes end before.
  func follows(_ beginning: [UInt8], at distance: Int) -> Bool {
    guard distance >= 0, distance <= limit else { return false }
    return peek(distance + beginning.count) { $0.dropFirst(distance).elementsEqual(beginning) }
  }

  /// Counts the bytes that follow, if they are zeros.
  ///
  /// - Parameter most: How many are looked at.
  /// - Returns: How many there are; 0 if any is not zero.
  func zeros(atMost most: Int) -> Int {
    peek(min(most, limit)) { $0.allSatisfy { $0 == 0 } ? $0.count : 0 }
  }

  /// Looks at bytes without taking them for the image's.
  private func peek<Result>(
    _ wanted: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    switch source {
    case .memory(let bytes):
      return bytes.dropFirst(count).prefix(wanted).withUnsafeBufferPointer(body)
    case .arriving(let reader, _):
      // A read that fails fails again where the bytes are taken.
      do throws(SystemError) { return try reader.withPeeked(wanted, body) } catch {
        return body(UnsafeBufferPointer(start: nil, count: 0))
      }
    }
  }
}

/// A format whose images say where they end, without being decoded.
protocol DelimitedCodec: Codec {
  /// Moves behind the last byte of an image.
  ///
  /// - Parameter image: At its first byte.
  /// - Throws: `EndOfBytes` if the bytes end before the image does.
  static func findEnd(of image: inout EncodedImage) throws(EndOfBytes)
}

extension DelimitedCodec {
  /// Finds the end of an image that is all there.
  ///
  /// - Parameters:
  ///   - bytes: A whole file.
  ///   - start: The index of the image's first byte.
  /// - Returns: The index behind its last byte; the end of the bytes where it has none.
  static func end(in bytes: Buffer<UInt8>, from start: Int) -> Int {
    var image = EncodedImage(bytes[start...])
    return start + image.readToEnd(as: self).count
  }
}

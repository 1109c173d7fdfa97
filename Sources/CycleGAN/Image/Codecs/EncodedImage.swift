/// The bytes of an encoded image while its end is looked for: in memory, or as they arrive.
///
/// Nothing behind the image is read, so that an image of a pipe need not wait for the next one.
struct EncodedImage {
  /// From the image's first byte on; of those that arrive, what is read so far.
  private(set) var bytes: ArraySlice<UInt8>
  /// How many bytes are known to belong to the image.
  private(set) var count = 0
  /// Why reading failed.
  private(set) var failure: SystemError?
  private let reader: ByteReader?
  private let limit: Int

  /// Takes bytes that are all there, the image's first one first.
  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    reader = nil
    limit = .max
  }

  /// Takes bytes as they arrive.
  ///
  /// - Parameters:
  ///   - reader: At the image's first byte.
  ///   - limit: The most that is read and kept, but for one more, bytes.
  init(_ reader: ByteReader, limit: Int) {
    bytes = []
    self.reader = reader
    self.limit = limit
  }

  /// Whether the image has more bytes than may be kept.
  var isTooLong: Bool { count > limit }

  /// Finds the image's end.
  ///
  /// - Parameter format: The image's.
  /// - Returns: Its bytes; all that there are where it has no end.
  mutating func readToEnd(as format: any DelimitedCodec.Type) -> ArraySlice<UInt8> {
    do throws(EndOfBytes) { try format.findEnd(of: &self) } catch {
      // A truncated image, which its decoder names.
      count = bytes.count
    }
    return bytes.prefix(count)
  }

  /// Moves forward.
  ///
  /// - Parameter distance: Bytes, at least 0.
  /// - Throws: `EndOfBytes` if there are fewer.
  mutating func skip(_ distance: Int) throws(EndOfBytes) { _ = try readBytes(distance) }

  /// Reads a piece and moves behind it.
  ///
  /// - Parameter wanted: Bytes, at least 0.
  /// - Returns: Exactly that many.
  /// - Throws: `EndOfBytes` if there are fewer, or more than may be kept.
  mutating func readBytes(_ wanted: Int) throws(EndOfBytes) -> ArraySlice<UInt8> {
    let missing = wanted - (bytes.count - count)
    if missing > 0, let reader {
      // One more than the limit tells that there are more.
      let allowed = min(missing, limit == .max ? .max : limit + 1 - bytes.count)
      try append(attempt { () throws(SystemError) in try reader.readExactly(allowed) })
    }
    guard wanted <= bytes.count - count else {
      count = bytes.count
      throw EndOfBytes()
    }
    let start = bytes.startIndex + count
    count += wanted
    return bytes[start..<start + wanted]
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
  mutating func skip(through isLast: (UInt8) -> Bool) throws(EndOfBytes) {
    if let found = bytes[(bytes.startIndex + count)...].firstIndex(where: isLast) {
      count = found + 1 - bytes.startIndex
      return
    }
    count = bytes.count
    var isFound = false
    while let reader, !isFound, count <= limit {
      let allowed = limit == .max ? limit : limit + 1 - count
      let read = attempt { () throws(SystemError) in
        try reader.read(upTo: allowed) { byte in
          isFound = isLast(byte)
          return isFound
        }
      }
      try append(read)
      guard count < bytes.count else { break }
      count = bytes.count
    }
    guard isFound else { throw EndOfBytes() }
  }

  /// Looks at bytes without taking them for the image's.
  ///
  /// - Parameters:
  ///   - distance: Where they begin, bytes from here.
  ///   - wanted: How many.
  /// - Returns: That many, or fewer where the bytes end.
  func peek(at distance: Int, _ wanted: Int) -> ArraySlice<UInt8> {
    guard distance >= 0, distance <= limit else { return [] }
    let known = bytes.dropFirst(count)
    guard let reader, known.count < distance + wanted else {
      return known.dropFirst(distance).prefix(wanted)
    }
    // A read that fails fails again where the bytes are taken.
    let more = (try? reader.peek(distance + wanted - known.count)) ?? []
    return (known + more).dropFirst(distance).prefix(wanted)
  }

  private mutating func append(_ read: Result<[UInt8], SystemError>) throws(EndOfBytes) {
    switch read {
    case .success(let more): bytes += more
    case .failure(let error):
      failure = error
      throw EndOfBytes()
    }
  }

  private func attempt(
    _ read: () throws(SystemError) -> [UInt8]
  ) -> Result<[UInt8], SystemError> {
    do throws(SystemError) { return .success(try read()) } catch { return .failure(error) }
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
  static func end(in bytes: [UInt8], from start: Int) -> Int {
    var image = EncodedImage(bytes[start...])
    return start + image.readToEnd(as: self).count
  }
}

/// A cursor over a pickle, which nobody says the length of.
struct PickleInput {
  /// Where the next byte lies in the whole.
  private(set) var position: Int

  private let bytes: SeekableBytes
  private let end: Int
  private let start: Int
  private let limit: Int
  private var window: Buffer<UInt8> = []
  private var windowStart: Int

  private static let windowBytes = 64 << 10

  /// Starts at an offset.
  ///
  /// - Parameters:
  ///   - bytes: A file, or a part of it.
  ///   - range: From the pickle's first byte to where it ends at the latest.
  ///   - limit: The most to read, bytes.
  init(_ bytes: SeekableBytes, _ range: Range<Int>, limit: Int) {
    self.bytes = bytes
    self.limit = limit
    (position, windowStart) = (range.lowerBound, range.lowerBound)
    end = range.upperBound
    start = range.lowerBound
  }

  /// Takes a byte.
  ///
  /// - Throws: `PickleError` at the end.
  mutating func next() throws(PickleError) -> UInt8 {
    if position == windowStart + window.count { try fill(Self.windowBytes) }
    defer { position += 1 }
    return window[position - windowStart]
  }

  /// Takes several bytes.
  ///
  /// - Parameter count: How many; it is held against a limit already.
  /// - Returns: Exactly as many.
  /// - Throws: `PickleError` if there are fewer.
  mutating func take(_ count: Int) throws(PickleError) -> Buffer<UInt8> {
    if position + count > windowStart + window.count { try fill(max(count, Self.windowBytes)) }
    let first = position - windowStart
    guard first + count <= window.count else { throw error("the file ends early") }
    position += count
    return window[first..<first + count]
  }

  /// Takes a little-endian number.
  ///
  /// - Parameter count: Its length, 1...8 bytes.
  /// - Returns: Its bits.
  /// - Throws: `PickleError` if there are fewer.
  mutating func number(_ count: Int) throws(PickleError) -> UInt64 {
    UInt64(try take(count), .littleEndian)
  }

  /// Takes a line without its end.
  ///
  /// - Parameter limit: The most it may have, bytes.
  /// - Returns: Its bytes, which may be any.
  /// - Throws: `PickleError` if it is longer or does not end.
  mutating func line(limit: Int) throws(PickleError) -> [UInt8] {
    var line: [UInt8] = []
    while true {
      let byte = try next()
      if byte == 0x0A { return line }
      guard line.count < limit else { throw error("a name of more than \(limit) bytes") }
      line.append(byte)
    }
  }

  /// Says what is wrong here.
  func error(_ reason: String) -> PickleError { PickleError(reason: reason, offset: position) }

  /// Moves the window so that it begins here.
  private mutating func fill(_ count: Int) throws(PickleError) {
    let reach = min(end, start + limit)
    guard position < reach else {
      throw error(position < end ? "more than \(limit) bytes" : "the file ends early")
    }
    do throws(SystemError) {
      window = try bytes.read(position..<min(reach, position + count))
    } catch {
      throw self.error("\(error)")
    }
    windowStart = position
    guard !window.isEmpty else { throw error("the file ends early") }
  }
}

/// Why a pickle was not read.
struct PickleError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  let reason: String
  /// Where, bytes from the start of the file or of the zip entry.
  let offset: Int

  /// One line for standard error, without the file name.
  var description: String { "\(reason) (byte \(offset) of its pickle)" }
}

import Glibc

/// Bytes that are read in any order: those of a regular file where they lie, all others from memory.
///
/// A file that somebody shortens meanwhile gives fewer bytes; nothing is mapped, so that it cannot
/// kill the reader.
struct SeekableBytes {
  private enum Place {
    case memory([UInt8])
    case file(ByteReader, start: Int)
  }

  /// How many there are.
  let count: Int
  private let place: Place

  /// Takes bytes that are in memory.
  ///
  /// - Parameter bytes: All of them.
  init(_ bytes: [UInt8]) {
    (count, place) = (bytes.count, .memory(bytes))
  }

  /// Takes what a reader has not handed out yet.
  ///
  /// - Parameters:
  ///   - reader: Of a regular file it stays where it is; anything else is read to its end.
  ///   - limit: The most to keep in memory, bytes; `count` is above it where there is more.
  /// - Throws: `SystemError` if a read fails.
  init(_ reader: ByteReader, limit: Int) throws(SystemError) {
    if let rest = reader.restOfFile {
      (count, place) = (rest.count, .file(reader, start: rest.lowerBound))
    } else {
      let bytes = try reader.readAll(limit: limit)
      (count, place) = (bytes.count, .memory(bytes))
    }
  }

  /// Reads a piece.
  ///
  /// - Parameter range: Counted from the first byte.
  /// - Returns: Its bytes; fewer where the range goes beyond the end.
  /// - Throws: `SystemError` if the read fails.
  func read(_ range: Range<Int>) throws(SystemError) -> [UInt8] {
    let range = range.clamped(to: 0..<count)
    switch place {
    case .memory(let bytes): return Array(bytes[range])
    case .file(let reader, let start):
      return try reader.read(range.count, at: start + range.lowerBound)
    }
  }
}

extension ByteReader {
  /// Where the bytes that were not handed out yet lie in a regular file; nil for anything else.
  fileprivate var restOfFile: Range<Int>? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let position = lseek(descriptor, 0, SEEK_CUR)
    guard position >= unread else { return nil }
    let start = position - unread
    return start..<max(start, status.st_size)
  }

  /// Reads from a place of a regular file; the reader's own position stays.
  fileprivate func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
      while filled < count, let base = memory.baseAddress {
        let got = pread(descriptor, base + filled, count - filled, offset + filled)
        if got == 0 { break }
        if got > 0 { filled += got } else if errno != EINTR { failure = .current }
        if failure != nil { break }
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

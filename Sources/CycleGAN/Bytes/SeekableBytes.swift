import Glibc

/// Bytes that are read in any order: those of a regular file where they lie, others from memory.
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
  /// - Parameter range: Bytes, counted from the first one; of whole elements.
  /// - Returns: The elements as they lie there; fewer where the range goes beyond the end.
  /// - Throws: `SystemError` if the read fails.
  func read<Element: BitwiseCopyable>(_ range: Range<Int>) throws(SystemError) -> [Element] {
    let range = range.clamped(to: 0..<count)
    switch place {
    case .memory(let bytes):
      return [Element](unsafeUninitializedCapacity: range.count) { memory, filled in
        filled = range.count / MemoryLayout<Element>.size
        bytes.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(memory).copyMemory(
            from: .init(rebasing: $0[range.prefix(filled * MemoryLayout<Element>.size)]))
        }
      }
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

  /// Reads bytes from a place of a regular file; the reader's own position stays.
  fileprivate func read<Element: BitwiseCopyable>(
    _ count: Int, at offset: Int
  ) throws(SystemError) -> [Element] {
    let size = MemoryLayout<Element>.size
    let count = count / size * size
    var failure: SystemError?
    let elements = [Element](unsafeUninitializedCapacity: count / size) { memory, filled in
      let bytes = UnsafeMutableRawBufferPointer(memory)
      var position = 0
      while position < count, let base = bytes.baseAddress {
        let got = pread(descriptor, base + position, count - position, offset + position)
        if got == 0 { break }
        if got > 0 { position += got } else if errno != EINTR { failure = .current }
        if failure != nil { break }
      }
      filled = position / size
    }
    if let failure { throw failure }
    return elements
  }
}

import Glibc

/// Bytes that are read in any order: those of a regular file by `pread`, others from memory.
///
/// A file that somebody shortens meanwhile gives fewer bytes; nothing is mapped, so that it cannot
/// kill the reader.
struct SeekableBytes {
  private enum Storage {
    case memory(MemoryPieces)
    case file(ByteReader, start: Int)
  }

  /// How many there are.
  let count: Int
  private let storage: Storage

  /// Takes bytes that are in memory.
  ///
  /// - Parameter bytes: All of them.
  init(_ bytes: Buffer<UInt8>) {
    (count, storage) = (bytes.count, .memory(MemoryPieces([bytes], size: max(1, bytes.count))))
  }

  /// Takes what a reader has not handed out yet.
  ///
  /// - Parameters:
  ///   - reader: A regular file is read where needed; anything else is read to its end.
  ///   - limit: The most to keep in memory, bytes; `count` is above it where there is more.
  /// - Throws: `SystemError` if a read fails.
  init(_ reader: ByteReader, limit: Int) throws(SystemError) {
    if let rest = reader.restOfFile {
      (count, storage) = (rest.count, .file(reader, start: rest.lowerBound))
    } else {
      let pieces = try MemoryPieces(reader, limit: limit)
      (count, storage) = (pieces.count, .memory(pieces))
    }
  }

  /// Reads a piece.
  ///
  /// - Parameter range: Bytes, counted from the first one.
  /// - Returns: The bytes; fewer where the range goes beyond the end.
  /// - Throws: `SystemError` if the read fails, or with `ENOMEM`.
  func read(_ range: Range<Int>) throws(SystemError) -> Buffer<UInt8> {
    let range = range.clamped(to: 0..<count)
    let bytes: MutableBuffer<UInt8>
    do throws(OutOfMemory) { bytes = try MutableBuffer(capacity: range.count) } catch {
      throw SystemError(error)
    }
    try bytes.append(upTo: range.count) { memory throws(SystemError) in
      let memory = UnsafeMutableRawBufferPointer(memory)
      switch storage {
      case .memory(let pieces): return pieces.copy(range, to: memory)
      case .file(let reader, let start):
        return try reader.read(into: memory, at: start + range.lowerBound)
      }
    }
    return bytes.frozen()
  }

  /// Frees bytes in memory.
  ///
  /// - Parameter offset: The first byte that is read again; those before must not be.
  func release(before offset: Int) {
    if case .memory(let pieces) = storage { pieces.release(before: offset) }
  }
}

/// Bytes in memory, in pieces of one size, so that they are never copied and can be freed one by one.
private final class MemoryPieces {
  private var pieces: [Buffer<UInt8>]
  private let size: Int
  private var released = 0

  /// How many bytes there are, or were.
  let count: Int

  /// Takes pieces; only the last one may be shorter than the others.
  init(_ pieces: [Buffer<UInt8>], size: Int) {
    (self.pieces, self.size) = (pieces, size)
    count = pieces.reduce(0) { $0 + $1.count }
  }

  /// Reads to the end, or one byte beyond a limit at least.
  convenience init(_ reader: ByteReader, limit: Int) throws(SystemError) {
    let size = 1 << 20
    var (pieces, count): ([Buffer<UInt8>], Int) = ([], 0)
    while count <= limit {
      let piece = try reader.readExactly(size)
      pieces.append(piece)
      count += piece.count
      if piece.count < size { break }
    }
    self.init(pieces, size: size)
  }

  /// Copies bytes.
  ///
  /// - Returns: How many were still there.
  func copy(_ range: Range<Int>, to memory: UnsafeMutableRawBufferPointer) -> Int {
    var copied = 0
    while copied < range.count {
      let position = range.lowerBound + copied
      let (index, offset) = position.quotientAndRemainder(dividingBy: size)
      guard index < pieces.count, offset < pieces[index].count else { break }
      let part = pieces[index][offset...].prefix(range.count - copied)
      part.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: memory[copied...]).copyMemory(from: $0)
      }
      copied += part.count
    }
    return copied
  }

  /// Frees the pieces that end before a byte.
  func release(before offset: Int) {
    while released < pieces.count, (released + 1) * size <= offset {
      pieces[released] = []
      released += 1
    }
  }
}

extension ByteReader {
  /// The offsets in a regular file of the bytes not handed out yet; nil for anything else.
  var restOfFile: Range<Int>? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let position = lseek(descriptor, 0, SEEK_CUR)
    guard position >= unread else { return nil }
    let start = position - unread
    return start..<max(start, status.st_size)
  }

  /// Reads bytes at an offset of a regular file; the reader's own position stays.
  fileprivate func read(
    into memory: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SystemError) -> Int {
    var position = 0
    while position < memory.count, let base = memory.baseAddress {
      let got = pread(descriptor, base + position, memory.count - position, offset + position)
      if got == 0 { break }
      guard got > 0 || errno == EINTR else { throw .current }
      position += max(0, got)
    }
    return position
  }
}

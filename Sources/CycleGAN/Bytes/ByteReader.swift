import Glibc

/// Reads a file descriptor from front to back, never seeking.
///
/// Interrupted calls are repeated, and a non-blocking descriptor is waited for. Large reads go
/// straight to their destination. Not for use from two threads at once.
public final class ByteReader {
  /// Bytes handed out so far.
  public private(set) var offset = 0

  let descriptor: Int32
  private let closes: Bool
  private let stops: (() -> Bool)?
  private var buffer: [UInt8] = []
  private var start = 0

  private static let chunk = 65_536

  /// Bytes that are read from the descriptor and not handed out.
  var unread: Int { buffer.count - start }

  /// Reads from a descriptor.
  ///
  /// - Parameters:
  ///   - descriptor: An open file, pipe or socket.
  ///   - closes: Whether the descriptor is closed with the reader.
  ///   - beginning: Bytes that were read from it already, and come first.
  ///   - stops: Asked several times a second while there is nothing to read; true ends the read with
  ///     `EINTR`.
  public init(
    descriptor: Int32, closes: Bool = false, beginning: [UInt8] = [], stops: (() -> Bool)? = nil
  ) {
    self.descriptor = descriptor
    self.closes = closes
    self.stops = stops
    buffer = beginning
  }

  /// Opens a file.
  ///
  /// - Parameter path: A file or FIFO; a directory fails at the first read.
  /// - Throws: `SystemError` if it cannot be opened, or is a `SpecialFile`.
  public convenience init(_ path: FilePath) throws(SystemError) {
    if let special = SpecialFile(path) { throw special.error }
    let descriptor = try retryingInterrupted {
      path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    }
    self.init(descriptor: descriptor, closes: true)
  }

  deinit {
    if closes { close(descriptor) }
  }

  /// Reads what one `read(2)` returns.
  ///
  /// - Parameter count: The most to return, bytes, at least 1.
  /// - Returns: At least one byte, or none at the end.
  /// - Throws: `SystemError` if the read fails.
  public func read(upTo count: Int) throws(SystemError) -> [UInt8] {
    if start == buffer.count { try fill() }
    let taken = Array(buffer[start...].prefix(count))
    consume(taken.count)
    return taken
  }

  /// Looks ahead without consuming.
  ///
  /// - Parameter count: Bytes wanted; small.
  /// - Returns: That many, or fewer if the input ends before.
  /// - Throws: `SystemError` if a read fails.
  public func peek(_ count: Int) throws(SystemError) -> [UInt8] {
    while buffer.count - start < count {
      if try fill() == 0 { break }
    }
    return Array(buffer[start..<min(buffer.count, start + count)])
  }

  /// Reads a given number of bytes.
  ///
  /// - Parameter count: Bytes wanted; memory is allocated as they arrive, not before.
  /// - Returns: That many, or fewer if the input ends before.
  /// - Throws: `SystemError` if a read fails.
  public func readExactly(_ count: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var step = 1 << 24
    while bytes.count < count {
      let wanted = min(step, count - bytes.count)
      let piece = try readPiece(wanted)
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
      if piece.count < wanted { break }
      step = bytes.count
    }
    return bytes
  }

  /// Reads what one `read(2)` returns, but nothing behind a byte that fulfills a condition.
  ///
  /// - Parameters:
  ///   - count: The most to return, bytes, at least 1.
  ///   - isLast: Asked for every byte that is returned, in order.
  /// - Returns: At least one byte, or none at the end.
  /// - Throws: `SystemError` if the read fails.
  func read(upTo count: Int, through isLast: (UInt8) -> Bool) throws(SystemError) -> [UInt8] {
    if start == buffer.count { try fill() }
    let known = buffer[start...].prefix(count)
    let end = known.firstIndex(where: isLast).map { $0 + 1 } ?? known.endIndex
    let taken = Array(known[..<end])
    consume(taken.count)
    return taken
  }

  /// Reads to the end.
  ///
  /// - Parameter limit: The most to read, bytes.
  /// - Returns: Everything; more than `limit` bytes, by one, if there is more than that.
  /// - Throws: `SystemError` if a read fails.
  public func readAll(limit: Int = .max) throws(SystemError) -> [UInt8] {
    try readExactly(limit == .max ? .max : limit + 1)
  }

  /// Fills a buffer.
  ///
  /// - Parameter destination: Where the bytes go.
  /// - Returns: How many were written there; fewer than asked only at the end of the input.
  /// - Throws: `SystemError` if a read fails.
  public func read(into destination: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    var filled = min(buffer.count - start, destination.count)
    if filled > 0 {
      buffer.withUnsafeBytes {
        destination.copyMemory(from: .init(rebasing: $0[start..<start + filled]))
      }
      consume(filled)
    }
    while filled < destination.count {
      let count = try readOnce(.init(rebasing: destination[filled...]))
      if count == 0 { break }
      filled += count
      offset += count
    }
    return filled
  }

  private func readPiece(_ count: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
      do throws(SystemError) {
        filled = try read(into: UnsafeMutableRawBufferPointer(.init(rebasing: memory[..<count])))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  private func consume(_ count: Int) {
    start += count
    offset += count
    guard start == buffer.count else { return }
    buffer.removeAll(keepingCapacity: true)
    start = 0
  }

  @discardableResult
  private func fill() throws(SystemError) -> Int {
    var failure: SystemError?
    let more = [UInt8](unsafeUninitializedCapacity: Self.chunk) { memory, filled in
      do throws(SystemError) {
        filled = try readOnce(UnsafeMutableRawBufferPointer(memory))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    if start == buffer.count {
      buffer = more
    } else {
      buffer.removeFirst(start)
      buffer += more
    }
    start = 0
    return more.count
  }

  private func readOnce(_ destination: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    while true {
      // A signal may reach another thread than this one, so that it would not interrupt the read.
      if let stops { try waitUntilReady(descriptor, for: POLLIN, stops: stops) }
      let count = Glibc.read(descriptor, destination.baseAddress, destination.count)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EAGAIN: try waitUntilReady(descriptor, for: POLLIN)
      default: throw .current
      }
    }
  }
}

/// Waits for a non-blocking descriptor.
///
/// - Parameters:
///   - descriptor: What to wait for.
///   - events: `POLLIN` or `POLLOUT`.
///   - stops: Asked several times a second; true ends the wait with `EINTR`.
/// - Throws: `SystemError` if the wait fails.
func waitUntilReady(
  _ descriptor: Int32, for events: Int32, stops: (() -> Bool)? = nil
) throws(SystemError) {
  var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
  let milliseconds: Int32 = stops == nil ? -1 : 100
  while true {
    let ready = poll(&request, 1, milliseconds)
    if ready > 0 { return }
    if let stops, stops() { throw SystemError(code: EINTR) }
    guard ready == 0 || errno == EINTR else { throw .current }
  }
}

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
  /// Bytes that were read to look ahead, from `start` on not handed out.
  private var ahead: MutableBuffer<UInt8>?
  private let beginning: [UInt8]
  private var start = 0

  private static let chunk = 65_536

  /// Bytes that are read from the descriptor and not handed out.
  var unread: Int { (ahead?.count ?? beginning.count) - start }

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
    self.beginning = beginning
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
    if unread == 0 { try fill() }
    return withUnread { unread in
      let taken = Array(unread.prefix(count))
      consume(taken.count)
      return taken
    }
  }

  /// Looks ahead without consuming.
  ///
  /// - Parameter count: Bytes wanted; small, since they become an array.
  /// - Returns: That many, or fewer if the input ends before.
  /// - Throws: `SystemError` if a read fails.
  public func peek(_ count: Int) throws(SystemError) -> [UInt8] {
    try withPeeked(count) { Array($0) }
  }

  /// Looks ahead without consuming.
  ///
  /// - Parameters:
  ///   - count: Bytes wanted.
  ///   - body: Gets that many, or fewer if the input ends before.
  /// - Returns: What `body` returns.
  /// - Throws: `SystemError` if a read fails.
  func withPeeked<Result>(
    _ count: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) throws(SystemError) -> Result {
    while unread < count {
      if try fill() == 0 { break }
    }
    return withUnread { body(UnsafeBufferPointer(rebasing: $0.prefix(count))) }
  }

  /// Reads a given number of bytes.
  ///
  /// - Parameter count: Bytes wanted.
  /// - Returns: That many, or fewer if the input ends before. Of a regular file, there is memory for
  ///   what is left of it at once; of anything else, as it arrives.
  /// - Throws: `SystemError` if a read fails, or with `ENOMEM`.
  public func readExactly(_ count: Int) throws(SystemError) -> Buffer<UInt8> {
    let bytes: MutableBuffer<UInt8>
    let left = count > Self.chunk ? restOfFile?.count : count
    do throws(OutOfMemory) {
      bytes = try MutableBuffer(capacity: min(count, left ?? Self.chunk))
    } catch {
      throw SystemError(error)
    }
    try append(count, to: bytes, expecting: left ?? 0)
    return bytes.frozen()
  }

  /// Reads a given number of bytes behind others.
  ///
  /// - Parameters:
  ///   - count: Bytes wanted; fewer are added if the input ends before.
  ///   - bytes: Gets them.
  ///   - expected: How many there are said to be: read at once, before the end is looked for.
  /// - Throws: `SystemError` if a read fails, or with `ENOMEM`.
  func append(
    _ count: Int, to bytes: MutableBuffer<UInt8>, expecting expected: Int = 0
  ) throws(SystemError) {
    var (added, step) = (0, max(expected, Self.chunk))
    while added < count {
      // A file that was as long as expected needs no room for more.
      if added > 0, added == expected, try withPeeked(1, \.isEmpty) { break }
      let wanted = min(step, count - added)
      let read = try bytes.append(upTo: wanted) { memory throws(SystemError) in
        try self.read(into: UnsafeMutableRawBufferPointer(memory))
      }
      added += read
      if read < wanted { break }
      step = max(Self.chunk, bytes.count / 2)
    }
  }

  /// Reads what one `read(2)` returns, but nothing behind a byte that fulfills a condition.
  ///
  /// - Parameters:
  ///   - count: The most to read, bytes, at least 1.
  ///   - bytes: Gets at least one byte more, or none at the end.
  ///   - isLast: Asked for every byte that is read, in order.
  /// - Throws: `SystemError` if the read fails, or with `ENOMEM`.
  @inline(__always)
  func append(
    upTo count: Int, to bytes: MutableBuffer<UInt8>, through isLast: (UInt8) -> Bool
  ) throws(SystemError) {
    if unread == 0 { try fill() }
    do throws(OutOfMemory) {
      consume(
        try withUnread { unread throws(OutOfMemory) in
          var end = 0
          while end < min(count, unread.count) {
            end += 1
            if isLast(unread[end - 1]) { break }
          }
          try bytes.append(UnsafeBufferPointer(rebasing: unread[..<end]))
          return end
        })
    } catch {
      throw SystemError(error)
    }
  }

  /// Reads to the end.
  ///
  /// - Parameter limit: The most to read, bytes.
  /// - Returns: Everything; more than `limit` bytes, by one, if there is more than that.
  /// - Throws: `SystemError` if a read fails, or with `ENOMEM`.
  public func readAll(limit: Int = .max) throws(SystemError) -> Buffer<UInt8> {
    try readExactly(limit == .max ? .max : limit + 1)
  }

  /// Fills a buffer.
  ///
  /// - Parameter destination: Where the bytes go.
  /// - Returns: How many were written there; fewer than asked only at the end of the input.
  /// - Throws: `SystemError` if a read fails.
  public func read(into destination: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    var filled = min(unread, destination.count)
    if filled > 0 {
      withUnread { unread in
        destination.copyBytes(from: unread[..<filled])
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

  private func withUnread<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let ahead else {
      return try beginning.withUnsafeBufferPointer { bytes throws(Failure) in
        try body(UnsafeBufferPointer(rebasing: bytes[start...]))
      }
    }
    return try ahead.withElements { bytes throws(Failure) in
      try body(UnsafeBufferPointer(rebasing: bytes[start...]))
    }
  }

  private func consume(_ count: Int) {
    start += count
    offset += count
    guard unread == 0, let ahead else { return }
    // What was looked far ahead for is not kept; what is small serves again.
    if ahead.count > Self.chunk { self.ahead = nil } else { ahead.truncate(to: 0) }
    start = self.ahead == nil ? beginning.count : 0
  }

  /// Reads on behind what is not handed out yet.
  @discardableResult
  private func fill() throws(SystemError) -> Int {
    let ahead: MutableBuffer<UInt8>
    if let known = self.ahead {
      ahead = known
      ahead.removeFirst(start)
    } else {
      do throws(OutOfMemory) {
        ahead = try MutableBuffer(capacity: Self.chunk)
        try withUnread { unread throws(OutOfMemory) in try ahead.append(unread) }
      } catch {
        throw SystemError(error)
      }
      self.ahead = ahead
    }
    start = 0
    let room = Self.chunk - ahead.count
    return try ahead.append(upTo: room > 0 ? max(room, 4096) : Self.chunk) {
      memory throws(SystemError) in
      try readOnce(UnsafeMutableRawBufferPointer(memory))
    }
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

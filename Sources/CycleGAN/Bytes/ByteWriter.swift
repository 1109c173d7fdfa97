import Glibc

/// Writes a file descriptor; every call is checked.
///
/// Interrupted and partial writes go on, and a non-blocking descriptor is waited for. Nothing is
/// buffered here.
public final class ByteWriter {
  private var descriptor: Int32

  /// Writes to a descriptor, which stays open until `close()`.
  ///
  /// - Parameter descriptor: An open file, pipe or socket.
  public init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Writes everything.
  ///
  /// - Parameter bytes: What to write.
  /// - Throws: `SystemError`, perhaps after a part was written.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    var rest = bytes
    while let address = rest.baseAddress, !rest.isEmpty {
      let count = Glibc.write(descriptor, address, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: try waitUntilReady(descriptor, for: POLLOUT)
      default: throw .current
      }
    }
  }

  /// Writes everything.
  ///
  /// - Parameter bytes: What to write.
  /// - Throws: `SystemError`, perhaps after a part was written.
  public func write(_ bytes: [UInt8]) throws(SystemError) {
    try write(Buffer(bytes))
  }

  /// Writes everything.
  ///
  /// - Parameter bytes: What to write.
  /// - Throws: `SystemError`, perhaps after a part was written.
  public func write(_ bytes: Buffer<UInt8>) throws(SystemError) {
    try bytes.withUnsafeBytes { bytes throws(SystemError) in try write(bytes) }
  }

  /// Closes the descriptor; some file systems report a full disk only here.
  ///
  /// - Throws: `SystemError` if what was written may be lost.
  public func close() throws(SystemError) {
    guard descriptor >= 0 else { return }
    let closing = descriptor
    descriptor = -1
    // After EINTR Linux has closed the descriptor all the same.
    guard Glibc.close(closing) == 0 || errno == EINTR else { throw .current }
  }
}

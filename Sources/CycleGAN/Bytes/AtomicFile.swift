import Glibc

/// Writes whole files: under its final name there is the old file or the new one, never a part.
public enum AtomicFile {
  /// Writes a file by renaming a temporary one from the same folder.
  ///
  /// A symbolic link is followed to its target. What exists and is not a regular file (a device, a
  /// FIFO) is written straight. On failure the temporary file is removed and an old file stays.
  ///
  /// - Parameters:
  ///   - bytes: The content.
  ///   - path: The final name.
  ///   - synchronized: Whether to wait until the disk has it.
  /// - Throws: `SystemError` if any step fails.
  public static func write(
    _ bytes: [UInt8], to path: FilePath, synchronized: Bool = false
  ) throws(SystemError) {
    try write(Buffer(bytes), to: path, synchronized: synchronized)
  }

  /// Writes a file by renaming a temporary one, as above.
  ///
  /// - Parameters:
  ///   - bytes: The content.
  ///   - path: The final name.
  ///   - synchronized: Whether to wait until the disk has it.
  /// - Throws: `SystemError` if any step fails.
  public static func write(
    _ bytes: Buffer<UInt8>, to path: FilePath, synchronized: Bool = false
  ) throws(SystemError) {
    try write(to: path, synchronized: synchronized) { writer throws(SystemError) in
      try writer.write(bytes)
    }
  }

  /// Writes a file by renaming a temporary one, in as many pieces as `body` likes.
  ///
  /// - Parameters:
  ///   - path: The final name; links and devices as above.
  ///   - synchronized: Whether to wait until the disk has it.
  ///   - body: Writes the content.
  /// - Throws: `SystemError` if any step fails.
  public static func write(
    to path: FilePath, synchronized: Bool = false,
    _ body: (ByteWriter) throws(SystemError) -> Void
  ) throws(SystemError) {
    var status = stat()
    // Asked of the path itself: what /dev/fd/63 links to is a pipe, and its name is not a path.
    if path.withCString({ stat($0, &status) }) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw SystemError(code: EISDIR) }
      if status.st_mode & S_IFMT != S_IFREG { return try writeStraight(to: path, body) }
    }
    let target = try followingLinks(path)
    let mode = status.st_mode & S_IFMT == S_IFREG ? status.st_mode & 0o777 : nil
    let (descriptor, temporary) = try create(beside: target)
    do throws(SystemError) {
      try fill(descriptor, mode: mode, synchronized: synchronized, body)
      try check(temporary.withCString { old in target.withCString { rename(old, $0) } })
    } catch {
      _ = temporary.withCString { unlink($0) }
      throw error
    }
    if synchronized { try synchronize(target.directory) }
  }

  private static func fill(
    _ descriptor: Int32, mode: mode_t?, synchronized: Bool,
    _ body: (ByteWriter) throws(SystemError) -> Void
  ) throws(SystemError) {
    let writer = ByteWriter(descriptor: descriptor)
    do throws(SystemError) {
      try body(writer)
      if let mode { try check(fchmod(descriptor, mode)) }
      if synchronized { try retryingInterrupted { fsync(descriptor) } }
    } catch {
      close(descriptor)
      throw error
    }
    try writer.close()
  }

  private static func writeStraight(
    to target: FilePath, _ body: (ByteWriter) throws(SystemError) -> Void
  ) throws(SystemError) {
    let descriptor = try retryingInterrupted {
      target.withCString { open($0, O_WRONLY | O_CLOEXEC) }
    }
    try fill(descriptor, mode: nil, synchronized: false, body)
  }

  /// Makes `.NAME.XXXXXX.tmp`, a name nobody else has.
  private static func create(beside target: FilePath) throws(SystemError) -> (Int32, FilePath) {
    // A component has at most 255 bytes; 32 are for the rest of the name.
    let name = Array(target.lastComponent.bytes.prefix(223))
    while true {
      let random = String(UInt64.random(in: .min ... .max), radix: 36)
      let temporary = target.directory.appending(
        FilePath(bytes: Array(".".utf8) + name + ".\(random).tmp".utf8))
      let descriptor = temporary.withCString {
        open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      }
      if descriptor >= 0 { return (descriptor, temporary) }
      guard errno == EEXIST || errno == EINTR else { throw .current }
    }
  }

  /// Follows links by hand, since the last one may point to a file that is still to be made.
  private static func followingLinks(_ path: FilePath) throws(SystemError) -> FilePath {
    var current = path
    for _ in 0..<40 {
      var text = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = current.withCString { readlink($0, &text, text.count) }
      if count < 0 { return current }
      let link = FilePath(bytes: text[..<count].map { UInt8(bitPattern: $0) })
      current = link.isAbsolute ? link : current.directory.appending(link)
    }
    throw SystemError(code: ELOOP)
  }

  /// Waits until the disk has the names of the files in a folder.
  ///
  /// - Parameter folder: Which.
  /// - Throws: `SystemError` if it cannot be opened, or the disk fails.
  package static func synchronize(_ folder: FilePath) throws(SystemError) {
    let descriptor = try retryingInterrupted {
      folder.withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }
    defer { close(descriptor) }
    try retryingInterrupted { fsync(descriptor) }
  }

  private static func check(_ result: Int32) throws(SystemError) {
    guard result == 0 else { throw .current }
  }
}

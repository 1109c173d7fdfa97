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
    // Keeps the lock until the file has its name.
    let lock = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    defer { if lock >= 0 { close(lock) } }
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

  /// Makes `.NAME.XXXXXXXXXXXXX.tmp`, a name nobody else has, and locks it as being written.
  private static func create(beside target: FilePath) throws(SystemError) -> (Int32, FilePath) {
    // A component has at most 255 bytes; 32 are for the rest of the name.
    let name = Array(target.lastComponent.bytes.prefix(223))
    while true {
      let random = padded(UInt64.random(in: .min ... .max), to: randomDigits, radix: 36)
      let temporary = target.directory.appending(
        FilePath(bytes: Array(".".utf8) + name + ".\(random).tmp".utf8))
      let descriptor = temporary.withCString {
        open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      }
      if descriptor >= 0 {
        if isLocked(descriptor) { return (descriptor, temporary) }
        close(descriptor)
      } else if errno != EEXIST && errno != EINTR {
        throw .current
      }
    }
  }

  /// Locks a new file against `removeLeftovers`, where its file system has locks.
  ///
  /// - Returns: False where somebody was faster, and removes it.
  private static func isLocked(_ descriptor: Int32) -> Bool {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else { return false }
    var status = stat()
    return fstat(descriptor, &status) != 0 || status.st_nlink > 0
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

  // MARK: - What killed writers leave

  /// Removes the temporary files of writers that were killed.
  ///
  /// They have the name of one, belong to this user, and nobody holds their lock. Where other machines
  /// may write, whose locks are perhaps not seen here, they are a day old as well. Nothing depends on it:
  /// what cannot be listed, locked or removed stays.
  ///
  /// - Parameter folder: One that is about to be written to.
  package static func removeLeftovers(in folder: FilePath) {
    guard let names = (try? folder.listed())?.names else { return }
    for name in names where isTemporary(name) {
      let path = folder.appending(name)
      let descriptor = path.withCString {
        open($0, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      }
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      var status = stat()
      let day = 86_400
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        status.st_uid == geteuid(),
        FileSystem(folder) == .local || time(nil) - status.st_mtim.tv_sec > day,
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
      else { continue }
      _ = path.withCString { unlink($0) }
    }
  }

  /// Whether a name is one that `create` gives.
  private static func isTemporary(_ name: FilePath) -> Bool {
    let parts = name.bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].isEmpty, parts.last == Array("tmp".utf8)[...] else {
      return false
    }
    let random = parts[parts.count - 2]
    return random.count == randomDigits
      && random.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
      }
  }

  /// Digits of base 36 that hold any 64 bits.
  private static let randomDigits = 13

  private static func check(_ result: Int32) throws(SystemError) {
    guard result == 0 else { throw .current }
  }
}

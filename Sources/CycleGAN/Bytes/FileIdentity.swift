import Glibc

/// A file or folder by device and inode, whatever its names are.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt
  private let number: UInt

  /// Looks a path up; nil where nothing of the kind is there.
  ///
  /// - Parameters:
  ///   - path: Links are followed.
  ///   - kind: What it must be, as `S_IFREG`; nil for anything.
  package init?(_ path: FilePath, kind: mode_t? = nil) {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return nil }
    self.init(status, kind)
  }

  /// Looks at an open file; nil where it is not of the kind.
  ///
  /// - Parameters:
  ///   - descriptor: Which.
  ///   - kind: What it must be, as `S_IFREG`; nil for anything.
  package init?(_ descriptor: Int32, kind: mode_t? = nil) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status, kind)
  }

  private init?(_ status: stat, _ kind: mode_t?) {
    guard kind == nil || status.st_mode & S_IFMT == kind else { return nil }
    (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
  }
}

extension FilePath {
  /// Lists a folder, and closes it.
  ///
  /// - Returns: All names but `.` and `..`, in the file system's order, and which folder it was.
  /// - Throws: `SystemError` if the folder cannot be opened or read to its end.
  package func listed() throws(SystemError) -> (names: [FilePath], folder: FileIdentity) {
    guard let stream = withCString({ opendir($0) }) else { throw .current }
    defer { closedir(stream) }
    guard let folder = FileIdentity(dirfd(stream)) else { throw .current }
    var names: [FilePath] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw .current }
        return (names, folder)
      }
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        FilePath(bytes: Array(bytes.prefix { $0 != 0 }))
      }
      if name != FilePath("."), name != FilePath("..") { names.append(name) }
    }
  }
}

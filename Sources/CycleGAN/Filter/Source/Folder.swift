import Glibc

/// The images below a folder.
package enum Folder {
  /// What a walk found.
  package struct Content: Sendable {
    /// Files whose first bytes are an image's, sorted by their paths' bytes.
    package var images: [FilePath] = []
    /// Files that are something else, dot files and folders that cannot be read.
    package var skipped: [FilePath] = []
    /// Runs of cg-train, whose samples are no inputs; they are not walked into.
    package var runs: [FilePath] = []
    /// Folders that are not walked into.
    fileprivate var excluded: Set<FileIdentity> = []
  }

  /// Walks a folder and everything below it.
  ///
  /// Symbolic links are followed; a folder that was entered already is not entered again.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - excluded: Folders below it that are not walked into.
  /// - Returns: Images and what was skipped.
  /// - Throws: `SystemError` if the folder itself cannot be read.
  package static func images(
    below path: FilePath, notEntering excluded: Set<FileIdentity> = []
  ) throws(SystemError) -> Content {
    var content = Content(excluded: excluded)
    var entered: Set<Identity> = []
    try walk(path, &content, &entered)
    content.images.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    return content
  }

  /// Whether a path leads to a folder.
  ///
  /// - Parameter path: Anything; a missing file is no folder.
  /// - Returns: True for a folder or a link to one.
  package static func isFolder(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withCString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private struct Identity: Hashable {
    let device: UInt, number: UInt
  }

  private static func walk(
    _ folder: FilePath, _ content: inout Content, _ entered: inout Set<Identity>
  ) throws(SystemError) {
    guard let stream = folder.withCString({ opendir($0) }) else { throw .current }
    defer { closedir(stream) }
    var status = stat()
    guard fstat(dirfd(stream), &status) == 0,
      entered.insert(Identity(device: UInt(status.st_dev), number: UInt(status.st_ino))).inserted
    else { return }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        FilePath(bytes: Array(bytes.prefix { $0 != 0 }))
      }
      if name.bytes.elementsEqual(".".utf8) || name.bytes.elementsEqual("..".utf8) { continue }
      let path = folder.appending(name)
      if name.bytes.first == UInt8(ascii: ".") {
        content.skipped.append(path)
      } else {
        visit(path, &content, &entered)
      }
    }
  }

  private static func visit(
    _ path: FilePath, _ content: inout Content, _ entered: inout Set<Identity>
  ) {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else {
      content.skipped.append(path)
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR where FileIdentity(path).map(content.excluded.contains) ?? false: break
    case S_IFDIR where isRun(path): content.runs.append(path)
    case S_IFDIR:
      do { try walk(path, &content, &entered) } catch { content.skipped.append(path) }
    case S_IFREG where isImage(path): content.images.append(path)
    default: content.skipped.append(path)
    }
  }

  /// Whether a folder is one of cg-train's.
  private static func isRun(_ path: FilePath) -> Bool {
    FileIdentity(path.appending(FilePath("config.json")), kind: S_IFREG) != nil
      && isFolder(path.appending(FilePath("checkpoints")))
  }

  private static func isImage(_ path: FilePath) -> Bool {
    // A file that cannot be opened is no image that could be used; the walk counts it as skipped.
    guard let first = try? ByteReader(path).peek(16) else { return false }
    return ImageFormat.recognized(first) != nil
  }
}

import Glibc

/// The files below a folder that a filter reads, and why others cannot be read.
package enum Folder {
  /// What a walk found, sorted by the bytes of the paths.
  package struct Content: Sendable {
    /// Images, and what should be one and cannot be read.
    package var entries: [Entry] = []
    /// What was opened and is no image, with its kind.
    package var skipped: [(path: FilePath, kind: String)] = []
    /// Runs of cg-train, whose samples are no inputs; they are not walked into.
    package var runs: [FilePath] = []
    /// Folders that are not walked into.
    fileprivate var excluded: Set<FileIdentity> = []
  }

  /// A file or folder that a user expects to be read.
  package struct Entry: Sendable, Equatable {
    /// Where it is.
    package let path: FilePath
    /// Why it cannot be read; nil for an image.
    package let failure: String?
  }

  /// Walks a folder and everything below it.
  ///
  /// Symbolic links are followed; a folder that was entered already is not entered again. Hidden files
  /// and those that operating systems leave in folders are passed over.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - excluded: Folders below it that are not walked into.
  /// - Returns: Images, failures and what was skipped.
  /// - Throws: `SystemError` if the folder itself cannot be read.
  package static func files(
    below path: FilePath, notEntering excluded: Set<FileIdentity> = []
  ) throws(SystemError) -> Content {
    var content = Content(excluded: excluded)
    var entered: Set<FileIdentity> = []
    try walk(path, &content, &entered)
    content.entries.sort { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
    content.skipped.sort { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
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

  private static func walk(
    _ folder: FilePath, _ content: inout Content, _ entered: inout Set<FileIdentity>
  ) throws(SystemError) {
    // The folder is closed before its files are opened: descriptors may be few.
    let (names, identity) = try folder.listed()
    guard entered.insert(identity).inserted, FileSystem(folder) != .kernel else { return }
    for name in names where name.bytes.first != UInt8(ascii: ".") && !isLitter(name) {
      visit(folder.appending(name), &content, &entered)
    }
  }

  /// Files that Windows leaves in folders of images.
  private static func isLitter(_ name: FilePath) -> Bool {
    ["thumbs.db", "desktop.ini"].contains(name.string.lowercased())
  }

  private static func visit(
    _ path: FilePath, _ content: inout Content, _ entered: inout Set<FileIdentity>
  ) {
    func fail(_ reason: String) { content.entries.append(Entry(path: path, failure: reason)) }
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else {
      let error = SystemError.current
      var link = stat()
      let isDangling =
        error.code == ENOENT && path.withCString { lstat($0, &link) } == 0
        && link.st_mode & S_IFMT == S_IFLNK
      return fail(isDangling ? "a symbolic link to a file that does not exist" : "\(error)")
    }
    do throws(SystemError) {
      switch status.st_mode & S_IFMT {
      case S_IFDIR where FileIdentity(path).map(content.excluded.contains) ?? false: break
      case S_IFDIR where isRun(path): content.runs.append(path)
      case S_IFDIR: try walk(path, &content, &entered)
      case S_IFREG where SpecialFile(path) != nil:
        content.skipped.append((path, "a file of the kernel"))
      case S_IFREG:
        switch try kind(of: path) {
        case .image: content.entries.append(Entry(path: path, failure: nil))
        case .unreadable(let error): fail("\(error)")
        case .other(let kind): content.skipped.append((path, kind))
        }
      default: content.skipped.append((path, "a device, a socket or a FIFO"))
      }
    } catch {
      fail("\(error)")
    }
  }

  /// Whether a folder is one of cg-train's.
  private static func isRun(_ path: FilePath) -> Bool {
    FileIdentity(path.appending(FilePath("config.json")), kind: S_IFREG) != nil
      && isFolder(path.appending(FilePath("checkpoints")))
  }

  private enum Kind {
    case image
    case unreadable(CodecError)
    case other(String)
  }

  /// What a file is; one that has the name or the content of an image is expected to be readable.
  private static func kind(of path: FilePath) throws(SystemError) -> Kind {
    let first = try ByteReader(path).peek(ForeignFile.signatureLength)
    if ImageFormat.recognized(first) != nil { return .image }
    let error = CodecError.unrecognized(first)
    let file = ForeignFile.recognized(first)
    let isExpected =
      file?.isImage ?? false || imageExtensions.contains(path.fileExtension.lowercased())
    return isExpected ? .unreadable(error) : .other(file?.name ?? "of an unknown kind")
  }

  /// Extensions of images, read here or not.
  private static let imageExtensions: Set<String> = [
    "png", "apng", "jpg", "jpeg", "jpe", "jfif", "webp", "ppm", "pgm", "pbm", "pnm", "pam", "pfm",
    "tif", "tiff", "gif", "bmp", "heic", "heif", "avif", "jxl", "jp2", "jpx", "tga", "exr", "hdr",
  ]
}

import CSystem
import Glibc

/// What has a path and is no file: opening or reading it could wait without end, act on a device, or
/// take away what is read.
package enum SpecialFile: String {
  case socket = "a socket; send what comes from it to standard input"
  case device = "a device, not a file"
  case kernel = "made by the kernel, not a file on a disk"

  /// Looks a path up, and opens nothing.
  ///
  /// Regular files, folders, FIFOs, pipes and /dev/null are not special, nor what is missing.
  ///
  /// - Parameter path: Links are followed.
  package init?(_ path: FilePath) {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFSOCK: self = .socket
    case S_IFBLK: self = .device
    case S_IFCHR where status.st_rdev != Self.null: self = .device
    case S_IFREG where FileSystem(path) == .kernel: self = .kernel
    default: return nil
    }
  }

  /// Looks at standard input, which may also be a terminal or a socket.
  package static var onStandardInput: SpecialFile? {
    guard isatty(STDIN_FILENO) == 0, let file = SpecialFile(FilePath("/dev/stdin")),
      file != .socket
    else { return nil }
    return file
  }

  /// Major and minor number of /dev/null.
  private static let null: dev_t = 1 << 8 | 3

  /// The refusal to read it.
  package var error: SystemError { SystemError(code: ENXIO, reason: rawValue) }
}

/// What a folder or file lies on.
enum FileSystem {
  /// A disk or the memory of this machine: a lock holds for all who write there.
  case local
  /// Made by the kernel while it is read, as /proc and /sys.
  case kernel
  /// Another, which may be a network's.
  case other

  /// Looks a path up; nil where nothing is there.
  ///
  /// - Parameter path: Links are followed.
  init?(_ path: FilePath) {
    var kind: Int32 = 0
    guard path.withCString({ cs_file_system($0, &kind) }) == 0 else { return nil }
    switch Int(kind) {
    case CS_FILE_SYSTEM_LOCAL: self = .local
    case CS_FILE_SYSTEM_KERNEL: self = .kernel
    default: self = .other
    }
  }
}

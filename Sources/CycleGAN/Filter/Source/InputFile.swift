import Glibc

/// A file that is open for reading, and what the system knows of it.
struct InputFile {
  /// Its bytes; a wait for those of a pipe ends where a signal asks to stop.
  let reader: ByteReader
  /// Bytes of a regular file; nil for a pipe, which has no size.
  let size: Int?

  /// How long a FIFO may be without anybody who writes to it, ms.
  private static let patience = 1500

  /// Opens a file.
  ///
  /// - Parameter path: A file or a FIFO.
  /// - Throws: `InputFileError` if it cannot be opened, or if nobody writes to a FIFO.
  init(_ path: FilePath) throws(InputFileError) {
    if let special = SpecialFile(path) { throw .system(special.error) }
    let descriptor: Int32
    do throws(SystemError) {
      // Otherwise opening a FIFO would wait for a writer, whatever signals say.
      descriptor = try retryingInterrupted {
        path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
      }
    } catch {
      throw .system(error)
    }
    var status = stat()
    let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
    size = kind == S_IFREG ? Int(status.st_size) : nil
    var beginning: [UInt8] = []
    if kind == S_IFIFO {
      do throws(InputFileError) { beginning = try Self.awaitWriter(descriptor) } catch {
        close(descriptor)
        throw error
      }
    }
    reader = ByteReader(
      descriptor: descriptor, closes: true, beginning: beginning,
      stops: kind == S_IFREG ? nil : { Interrupts.wantsStop })
  }

  /// Waits until somebody has opened the other end.
  ///
  /// - Returns: The first byte, if finding out took it.
  private static func awaitWriter(_ descriptor: Int32) throws(InputFileError) -> [UInt8] {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    for _ in 0..<patience / 100 {
      if poll(&request, 1, 100) > 0 { return [] }
      if Interrupts.wantsStop { throw .system(SystemError(code: EINTR)) }
    }
    // A writer that says nothing yet makes this EAGAIN.
    var byte: UInt8 = 0
    switch read(descriptor, &byte, 1) {
    case 0: throw .nobodyWrites
    case 1: return [byte]
    default: return []
    }
  }
}

/// Why an input cannot be opened.
enum InputFileError: Error, Equatable, CustomStringConvertible {
  /// The system could not open it.
  case system(SystemError)
  /// A FIFO has no writer.
  case nobodyWrites

  /// One line without the file's name.
  var description: String {
    switch self {
    case .system(let error): "\(error)"
    case .nobodyWrites: "a FIFO that nobody writes to; start its writer first"
    }
  }
}

extension FilePath {
  /// Why a path from a list may not exist: the list is in the form of another system; empty where it is
  /// not.
  package var hintOfList: String {
    if bytes.last == 0x0D {
      return
        "; the line ends in a carriage return, as Windows writes it: remove them with tr -d '\\r'"
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      return "; the line begins with a byte order mark: remove it with sed '1s/^\\xEF\\xBB\\xBF//'"
    }
    return ""
  }
}

extension ByteReader {
  /// Looks at as many of the first bytes as it takes to tell what they are.
  ///
  /// - Returns: At most 16, so that a slow pipe is not waited for longer than need be.
  /// - Throws: `SystemError` if a read fails.
  func peekSignature() throws(SystemError) -> [UInt8] {
    var first: [UInt8] = []
    for count in 1...16 {
      first = try peek(count)
      let isStreams = first.count < NPY.magic.count && NPY.magic.starts(with: first)
      guard first.count == count, isStreams || ImageFormat.isUndecided(first) else { break }
    }
    return first
  }
}

/// Whether this is how a tensor stream begins, even one that was cut within its first bytes.
///
/// - Parameter firstBytes: As `peekSignature` returns them.
/// - Returns: True for a stream.
func startsStream(_ firstBytes: [UInt8]) -> Bool {
  !firstBytes.isEmpty && NPY.magic.starts(with: firstBytes.prefix(NPY.magic.count))
}

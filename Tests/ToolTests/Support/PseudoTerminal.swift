import Foundation

/// A terminal of a given width in which a command runs, as a user sees it.
final class PseudoTerminal {
  /// TIOCSPTLCK and TIOCGPTN, which are no constants to Swift.
  private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

  private let master: FileHandle
  private let name: String
  private var process: Process?
  private var bytes: [UInt8] = []

  /// Opens a terminal.
  init(columns: Int) throws {
    // What posix_openpt, unlockpt and ptsname do, which Swift's Glibc leaves out.
    let descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    master = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var (lock, number): (Int32, Int32) = (0, 0)
    guard descriptor >= 0, ioctl(descriptor, Self.setLock, &lock) == 0,
      ioctl(descriptor, Self.getNumber, &number) == 0
    else { throw POSIXError(.ENXIO) }
    name = "/dev/pts/\(number)"
    try resize(columns: columns)
  }

  deinit { process?.terminate() }

  /// Makes the window wider or narrower.
  func resize(columns: Int) throws {
    var size = winsize()
    (size.ws_row, size.ws_col) = (24, UInt16(columns))
    guard ioctl(master.fileDescriptor, UInt(TIOCSWINSZ), &size) == 0 else {
      throw POSIXError(.ENOTTY)
    }
  }

  /// Starts one command line of bash, whose last command should be `exec`, so that it gets the signals.
  func start(_ command: String, in shell: Shell) throws {
    let descriptor = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw POSIXError(.ENXIO) }
    let terminal = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let process = shell.process(command, with: ["--default-signal", "TERM=xterm"])
    process.standardOutput = terminal
    process.standardError = terminal
    try process.run()
    self.process = process
    // Held by the command alone, so that its end is the end of the terminal.
    try terminal.close()
  }

  /// What was printed so far.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Reads until what was printed is enough; a minute without it is a failure.
  func wait(until isEnough: (String) -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: 60)
    while !isEnough(text) {
      guard Date() < deadline, try read() else { throw Missing(text: text) }
    }
  }

  /// Sends the command a signal.
  func send(_ signal: Int32) {
    if let process { kill(process.processIdentifier, signal) }
  }

  /// Reads to the end, and waits for it.
  ///
  /// - Returns: The exit status, or that of a shell for a signal.
  func finish() throws -> Int32 {
    let deadline = Date(timeIntervalSinceNow: 60)
    while try read() {
      guard Date() < deadline else { throw Missing(text: text) }
    }
    process?.waitUntilExit()
    guard let process else { return 0 }
    return process.terminationStatus + (process.terminationReason == .exit ? 0 : 128)
  }

  /// Reads what is there, or waits a moment for it.
  ///
  /// - Returns: False at the end.
  private func read() throws -> Bool {
    var ready = pollfd(fd: master.fileDescriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, 100) > 0 else { return true }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Foundation.read(master.fileDescriptor, &buffer, buffer.count)
    // Linux ends a terminal that nobody holds with EIO.
    guard count > 0 else { return false }
    bytes += buffer[..<count]
    return true
  }

  /// Output that did not come.
  struct Missing: Error, CustomStringConvertible {
    let text: String
    var description: String { "not what was waited for: \(text.debugDescription)" }
  }
}

/// What a terminal shows of a text: it knows carriage return, line feed, and the erasing of a line's rest.
struct Screen {
  private struct Row {
    var cells: [Character] = []
    /// Whether the next row goes on with the same line.
    var isWrapped = false
  }

  private let columns: Int
  private var rows = [Row()]
  private var (row, column) = (0, 0)
  /// Control sequences that a terminal without much knowledge may not know.
  private(set) var unknown: [String] = []
  /// Lines that were longer than the terminal is wide at any moment.
  private(set) var wrapped: Set<String> = []

  init(_ text: String, columns: Int) {
    self.columns = columns
    var rest = Substring(text)
    // CR LF is one character of Swift's.
    while let scalar = rest.unicodeScalars.popFirst() {
      switch scalar {
      case "\r": column = 0
      case "\n": feed()
      case "\u{1B}":
        let end = rest.dropFirst().firstIndex { $0.isLetter }
        let sequence = end.map { rest[...$0] } ?? rest
        rest = rest.dropFirst(sequence.count)
        if sequence == "[K" { erase() } else { unknown.append(String(sequence)) }
      default: put(Character(scalar))
      }
    }
  }

  /// Lines without spaces at their end; those that wrapped are whole.
  var lines: [String] {
    var lines: [String] = []
    var line = ""
    for row in rows {
      line += String(row.cells)
      guard !row.isWrapped else { continue }
      while line.last == " " { line.removeLast() }
      lines.append(line)
      line = ""
    }
    return lines.last == "" ? lines.dropLast() : lines
  }

  private mutating func feed() {
    row += 1
    if row == rows.count { rows.append(Row()) }
  }

  private mutating func erase() {
    rows[row].cells.removeLast(max(0, rows[row].cells.count - column))
    rows[row].isWrapped = false
  }

  private mutating func put(_ character: Character) {
    if column == columns {
      rows[row].isWrapped = true
      wrapped.insert(String(rows[row].cells))
      feed()
      column = 0
    }
    while rows[row].cells.count <= column { rows[row].cells.append(" ") }
    rows[row].cells[column] = character
    column += 1
  }
}

import Glibc

/// The last line of the terminal, which says how far a tool is and which everything printed makes way
/// for.
///
/// A process has one, as it has one standard error; lines that are printed and the threads that draw
/// never mix. The line is redrawn together with what is printed, in one write, so that it does not
/// flicker.
package enum ProgressLine {
  /// A part of the line.
  package struct Field: Sendable {
    /// What it says.
    package let text: String
    /// Fields of the highest rank go first where the terminal is narrow.
    let rank: Int

    /// Makes a field.
    ///
    /// - Parameters:
    ///   - text: ASCII, so that every byte takes a column.
    ///   - rank: Fields of the highest rank are left out first.
    package init(_ text: String, rank: Int) {
      self.text = text
      self.rank = rank
    }
  }

  private struct State {
    var fields: [Field] = []
    /// Whether the line is on the terminal now.
    var isDrawn = false
    /// Whether the cursor stands behind an unfinished line of something else.
    var isAfterText = false
    var hasEnded = false
  }

  private static let state = Locked(State())

  /// Whether standard error is a terminal on which a line can be drawn again.
  static let isPossible =
    isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"

  /// Draws the line, instead of the one before.
  ///
  /// - Parameter fields: Its parts, in order.
  static func show(_ fields: [Field]) {
    state.withLock { state in
      guard !state.hasEnded else { return }
      state.fields = fields
      if !state.isAfterText { put(redrawn(&state)) }
    }
  }

  /// Takes the line away.
  static func hide() {
    state.withLock { state in
      put(cleared(&state))
      state.fields = []
    }
  }

  /// Takes the line away for good.
  package static func end() {
    hide()
    state.withLock { $0.hasEnded = true }
  }

  /// Writes text or bytes; where they go to the terminal of the line, it makes way for them.
  ///
  /// - Parameters:
  ///   - bytes: What is printed; the line is drawn again once they end in a line feed.
  ///   - descriptor: Where they go.
  /// - Throws: `SystemError` if they cannot be written.
  static func write(_ bytes: Buffer<UInt8>, to descriptor: Int32) throws(SystemError) {
    let writer = ByteWriter(descriptor: descriptor)
    guard isPossible, isShared(descriptor) else { return try writer.write(bytes) }
    try state.withLock { state throws(SystemError) in
      let clearing = cleared(&state)
      state.isAfterText = bytes.last.map { $0 != 0x0A } ?? state.isAfterText
      let drawing = state.isAfterText ? [] : redrawn(&state)
      if bytes.count <= 1 << 16 { return try writer.write(clearing + Array(bytes) + drawing) }
      try writer.write(clearing)
      try writer.write(bytes)
      try writer.write(drawing)
    }
  }

  /// Whether what is written to a descriptor appears where the line does.
  ///
  /// - Parameter descriptor: Any.
  /// - Returns: True for the terminal of standard error.
  static func isShared(_ descriptor: Int32) -> Bool {
    guard descriptor != STDERR_FILENO else { return true }
    var (own, other) = (stat(), stat())
    return fstat(STDERR_FILENO, &own) == 0 && fstat(descriptor, &other) == 0
      && other.st_mode & S_IFMT == S_IFCHR && own.st_rdev == other.st_rdev
  }

  /// Leaves out fields until a line fits.
  ///
  /// - Parameters:
  ///   - fields: All, in order.
  ///   - columns: Of the terminal. The last one stays free: some terminals wrap once it is used.
  /// - Returns: The line, cut off if even the field of the lowest rank is too long.
  static func text(_ fields: [Field], columns: Int) -> String {
    var kept = fields
    var text: String { kept.map(\.text).joined(separator: ", ") }
    while text.utf8.count >= columns, kept.count > 1,
      let last = kept.indices.max(by: { kept[$0].rank < kept[$1].rank })
    {
      kept.remove(at: last)
    }
    return String(text.prefix(max(0, columns - 1)))
  }

  /// Asked at every drawing, so that the line follows the window.
  private static var columns: Int {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }

  private static let carriageReturn: [UInt8] = [0x0D]
  private static let eraseToEnd = Array("\u{1B}[K".utf8)

  private static func cleared(_ state: inout State) -> [UInt8] {
    guard state.isDrawn else { return [] }
    state.isDrawn = false
    return carriageReturn + eraseToEnd
  }

  private static func redrawn(_ state: inout State) -> [UInt8] {
    guard !state.fields.isEmpty else { return [] }
    state.isDrawn = true
    // The text first, then what a longer line before has left: nothing blinks.
    return carriageReturn + Array(text(state.fields, columns: columns).utf8) + eraseToEnd
  }

  private static func put(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    // Nobody can be told where stderr itself fails; the exit status still says what happened.
    try? ByteWriter(descriptor: STDERR_FILENO).write(bytes)
  }
}

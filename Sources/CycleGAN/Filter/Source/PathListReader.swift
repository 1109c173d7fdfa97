/// Reads a list of paths: bytes, no quoting, no trimming, empty lines skipped.
final class PathListReader {
  private let reader: ByteReader
  private let name: String
  private let isNull: Bool
  private let nullOption: String
  private var waiting: ArraySlice<UInt8> = []

  private static let maximumBytes = 1 << 16

  /// Starts at the reader's place.
  ///
  /// - Parameters:
  ///   - reader: Where the bytes come from.
  ///   - name: What the list is called in messages.
  ///   - isNull: Whether a path ends in NUL and not in a line feed.
  ///   - nullOption: What would have said so.
  init(_ reader: ByteReader, name: String, isNull: Bool, nullOption: String) {
    self.reader = reader
    self.name = name
    self.isNull = isNull
    self.nullOption = nullOption
  }

  /// Reads a path.
  ///
  /// - Returns: nil at the end.
  /// - Throws: `ToolError` if the list is none or cannot be read.
  func next() throws(ToolError) -> FilePath? {
    while let line = try nextLine() {
      guard isNull || !line.contains(0) else {
        throw ToolError(
          .usage,
          "\(name): a list of paths with a NUL byte in it; did you mean \(nullOption)? (if it is an "
            + "image, its kind is not known)")
      }
      if !line.isEmpty { return FilePath(bytes: Array(line)) }
    }
    return nil
  }

  private func nextLine() throws(ToolError) -> ArraySlice<UInt8>? {
    let terminator: UInt8 = isNull ? 0 : 0x0A
    var searched = waiting.startIndex
    while true {
      if let end = waiting[searched...].firstIndex(of: terminator) {
        defer { waiting = waiting[(end + 1)...] }
        return waiting[..<end]
      }
      guard waiting.count <= Self.maximumBytes else {
        throw ToolError(
          .badData, "\(name): a path of more than \(Self.maximumBytes) bytes; is this a list?")
      }
      let more = try read()
      if more.isEmpty {
        defer { waiting = [] }
        return waiting.isEmpty ? nil : waiting
      }
      // A new array, so that what was handed out already takes no memory.
      searched = waiting.count
      waiting = (Array(waiting) + more)[...]
    }
  }

  private func read() throws(ToolError) -> [UInt8] {
    do throws(SystemError) { return try reader.read(upTo: 1 << 16) } catch {
      // The end of a list that a signal cut off; the tool finishes what it has.
      if Interrupts.wantsStop { return [] }
      throw ToolError(.inputOutput, "\(name): \(error)")
    }
  }
}

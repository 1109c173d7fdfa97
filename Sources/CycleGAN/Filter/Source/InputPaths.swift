import Glibc

/// Turns operands, folders and lists into paths, one by one, so that a list needs no end.
final class InputPaths {
  /// What can be opened.
  enum Entry: Sendable, Equatable {
    /// A file; whether the user named it, and did not only list it or its folder.
    case path(FilePath, isNamed: Bool)
    /// What was found in a folder and cannot be read, and why.
    case unreadable(FilePath, reason: String)
    /// A tensor stream or images on standard input.
    case standardInput

    /// The path of what is one image; nil for a stream.
    var imagePath: FilePath? {
      guard case .path(let path, let isNamed) = self, !(isNamed && path.isStreamFile) else {
        return nil
      }
      return path
    }
  }

  /// Standard input, for whoever opens `Entry.standardInput`.
  let standardInput = ByteReader(
    descriptor: STDIN_FILENO, stops: { Interrupts.wantsStop })

  private enum Pending {
    case operand(FilePath)
    case list(InputSelection.List)
    case paths(PathListReader)
    case files(ArraySlice<Folder.Entry>)
    case entry(Entry)
  }

  private let selection: InputSelection
  private let diagnostics: Diagnostics
  private let verbosity: Verbosity
  /// Files that are no images, in folders so far.
  private(set) var skipped = 0
  /// Back to front.
  private var pending: [Pending]

  /// Begins with the first operand.
  ///
  /// - Parameters:
  ///   - selection: What the user asked for.
  ///   - diagnostics: Told of what is skipped.
  ///   - verbosity: How much is said of it.
  /// - Throws: `ToolError` if nothing was named and standard input is a terminal.
  init(
    _ selection: InputSelection, _ diagnostics: Diagnostics, _ verbosity: Verbosity
  ) throws(ToolError) {
    self.selection = selection
    self.diagnostics = diagnostics
    self.verbosity = verbosity
    var operands = selection.operands
    if operands.isEmpty && selection.lists.isEmpty {
      guard isatty(STDIN_FILENO) == 0 else {
        throw ToolError(
          .usage,
          "nothing to read: name images, streams or folders, or send them or a list of paths to "
            + "standard input; see --help")
      }
      operands = [FilePath("-")]
    }
    pending =
      selection.lists.reversed().map { .list($0) } + operands.reversed().map { .operand($0) }
  }

  /// Finds the next path.
  ///
  /// - Returns: nil at the end.
  /// - Throws: `ToolError` if a list cannot be read.
  func next() throws(ToolError) -> Entry? {
    while let top = pending.popLast() {
      switch top {
      case .entry(let entry): return entry
      case .operand(let path): try open(operand: path)
      case .list(let list): pending.append(.paths(try reader(of: list)))
      case .paths(let reader):
        guard let path = try reader.next() else { continue }
        pending.append(top)
        return .path(path, isNamed: false)
      case .files(var files):
        guard let file = files.popFirst() else { continue }
        pending.append(.files(files))
        guard let failure = file.failure else { return .path(file.path, isNamed: false) }
        return .unreadable(file.path, reason: failure)
      }
    }
    return nil
  }

  /// Reads lists and folders to their end; `next()` gives the same entries afterwards.
  ///
  /// - Returns: Every file.
  /// - Throws: `ToolError` if a list cannot be read.
  func collected() throws(ToolError) -> [Entry] {
    var entries: [Entry] = []
    while let entry = try next() { entries.append(entry) }
    pending = entries.reversed().map { .entry($0) }
    return entries
  }

  private func open(operand path: FilePath) throws(ToolError) {
    if path.bytes == Array("-".utf8) {
      try requireReadableStandardInput()
      guard try kindOfStandardInput() == .paths else {
        return pending.append(.entry(.standardInput))
      }
      let separator: InputSelection.List.Separator = selection.isNull ? .null : .lineFeed
      return pending.append(
        .paths(
          PathListReader(
            standardInput, name: "standard input", separator: separator, nullOption: "-0")))
    }
    guard Folder.isFolder(path) else {
      return pending.append(.entry(.path(path, isNamed: true)))
    }
    do throws(SystemError) {
      let content = try Folder.files(below: path, notEntering: selection.excluded)
      if let run = content.runs.first, verbosity != .quiet {
        let others = content.runs.count > 1 ? " and \(content.runs.count - 1) more" : ""
        diagnostics.say("\(run)\(others): a run of cg-train, not read; name it to read it")
      }
      skipped += content.skipped.count
      reportSkipped(content.skipped, in: path)
      guard !content.entries.isEmpty else {
        return pending.append(.entry(.unreadable(path, reason: "no images in this folder")))
      }
      pending.append(.files(content.entries[...]))
    } catch {
      guard error.code != ENOMEM else {
        return pending.append(.entry(.unreadable(path, reason: describedWithHint(error))))
      }
      // Opening it as a file says again why it cannot be read.
      pending.append(.entry(.path(path, isNamed: true)))
    }
  }

  private func requireReadableStandardInput() throws(ToolError) {
    guard let special = SpecialFile.onStandardInput else { return }
    throw ToolError(.noInput, "standard input: \(special.error)")
  }

  private func kindOfStandardInput() throws(ToolError) -> InputSelection.Kind {
    if let kind = selection.standardInput { return kind }
    if selection.isNull { return .paths }
    do throws(SystemError) {
      let first = try standardInput.peekSignature()
      if startsStream(first) { return .stream }
      if ImageFormat.recognized(first) != nil { return .image }
      // What has come already, so that a slow list is not waited for.
      let more = try standardInput.peek(min(standardInput.unread, ForeignFile.signatureLength))
      return ForeignFile.recognized(more)?.isImage ?? false ? .image : .paths
    } catch {
      if Interrupts.wantsStop { return .paths }
      throw ToolError(FilePath("standard input"), error, .noInput)
    }
  }

  private func reader(of list: InputSelection.List) throws(ToolError) -> PathListReader {
    if list.path.bytes == Array("-".utf8) {
      try requireReadableStandardInput()
      return PathListReader(
        standardInput, name: "standard input", separator: list.separator,
        nullOption: "--files0-from")
    }
    do throws(InputFileError) {
      return PathListReader(
        try InputFile(list.path).reader, name: list.path.escaped, separator: list.separator,
        nullOption: "--files0-from")
    } catch {
      throw ToolError(.noInput, "\(list.path): \(error)")
    }
  }

  /// Says what a folder holds besides images.
  private func reportSkipped(_ files: [(path: FilePath, kind: String)], in folder: FilePath) {
    guard !files.isEmpty, verbosity != .quiet else { return }
    guard verbosity != .verbose else {
      for file in files { diagnostics.say("\(file.path): skipped, \(file.kind)") }
      return
    }
    let kinds = Dictionary(grouping: files, by: \.kind).sorted { $0.key < $1.key }
    let counts = kinds.map { "\($0.key) (\($0.value.count))" }.joined(separator: ", ")
    let what =
      files.count == 1 ? "1 file that is not an image" : "\(files.count) files that are not images"
    diagnostics.say("\(folder): skipped \(what): \(counts); -v names them")
  }
}

/// Reads a list of paths: bytes, no quoting, no trimming, empty lines skipped.
final class PathListReader {
  private let reader: ByteReader
  private let name: String
  private var separator: InputSelection.List.Separator
  private let nullOption: String
  private var waiting: ArraySlice<UInt8> = []

  private static let maximumBytes = 1 << 16

  /// Starts where the reader stands.
  ///
  /// - Parameters:
  ///   - reader: Where the bytes come from.
  ///   - name: What the list is called in messages.
  ///   - separator: What ends a path.
  ///   - nullOption: What would have said that it is NUL.
  init(
    _ reader: ByteReader, name: String, separator: InputSelection.List.Separator,
    nullOption: String
  ) {
    self.reader = reader
    self.name = name
    self.separator = separator
    self.nullOption = nullOption
  }

  /// Reads a path.
  ///
  /// - Returns: nil at the end.
  /// - Throws: `ToolError` if the list is none or cannot be read.
  func next() throws(ToolError) -> FilePath? {
    if separator == .detected {
      while case let more = try read(), !more.isEmpty { waiting += more }
      separator = waiting.contains(0) ? .null : .lineFeed
    }
    while let line = try nextLine() {
      guard separator == .null || !line.contains(0) else {
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
    let terminator: UInt8 = separator == .null ? 0 : 0x0A
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

extension FilePath {
  /// Whether this is a regular file that begins as a tensor stream does.
  var isStreamFile: Bool {
    var status = stat()
    guard withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return false
    }
    // What cannot be opened now fails with its reason when its turn comes.
    return (try? ByteReader(self).peek(NPY.magic.count)) == NPY.magic
  }
}

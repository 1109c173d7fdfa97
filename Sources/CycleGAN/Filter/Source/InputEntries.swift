import Glibc

/// What can be opened: a file that has a path, or what stands on standard input.
enum InputEntry: Sendable, Equatable {
  /// A file; whether the user named it, and did not only list it.
  case path(FilePath, isNamed: Bool)
  /// A tensor stream or images on standard input.
  case standardInput
}

/// Turns operands, folders and lists into files, one by one, so that a list needs no end.
final class InputEntries {
  /// Standard input, for whoever opens `InputEntry.standardInput`.
  let standardInput = ByteReader(
    descriptor: STDIN_FILENO, stops: { Interrupts.wantsStop })

  private enum Pending {
    case operand(FilePath)
    case list(InputSelection.List)
    case paths(PathListReader)
    case files(ArraySlice<FilePath>)
    case entry(InputEntry)
  }

  private let selection: InputSelection
  private let report: InputReport
  /// Back to front.
  private var pending: [Pending]

  /// Begins with the first operand.
  ///
  /// - Parameters:
  ///   - selection: What the user asked for.
  ///   - report: Told of what is skipped.
  /// - Throws: `ToolError` if nothing was named and standard input is a terminal.
  init(_ selection: InputSelection, report: InputReport) throws(ToolError) {
    self.selection = selection
    self.report = report
    var operands = selection.operands
    if operands.isEmpty && selection.lists.isEmpty {
      guard isatty(STDIN_FILENO) == 0 else { throw ToolError(.usage, InputEntries.nothing) }
      operands = [FilePath("-")]
    }
    pending =
      selection.lists.reversed().map { .list($0) } + operands.reversed().map { .operand($0) }
  }

  /// What is said where nothing was named and there is only the keyboard.
  static let nothing =
    "nothing to read: name images, streams or folders, or send them or a list of paths to standard "
    + "input; see --help"

  /// Finds the next file.
  ///
  /// - Returns: nil at the end.
  /// - Throws: `ToolError` if a list cannot be read.
  func next() throws(ToolError) -> InputEntry? {
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
        guard let path = files.popFirst() else { continue }
        pending.append(.files(files))
        return .path(path, isNamed: false)
      }
    }
    return nil
  }

  /// Reads lists and folders to their end; `next()` gives the same entries afterwards.
  ///
  /// - Returns: Every file.
  /// - Throws: `ToolError` if a list cannot be read.
  func collected() throws(ToolError) -> [InputEntry] {
    var entries: [InputEntry] = []
    while let entry = try next() { entries.append(entry) }
    pending = entries.reversed().map { .entry($0) }
    return entries
  }

  private func open(operand path: FilePath) throws(ToolError) {
    if path.bytes == Array("-".utf8) {
      guard try kindOfStandardInput() == .paths else {
        return pending.append(.entry(.standardInput))
      }
      let name = "standard input"
      return pending.append(
        .paths(
          PathListReader(
            standardInput, name: name, isNull: selection.isNull, nullOption: "-0")))
    }
    guard Folder.isFolder(path) else {
      return pending.append(.entry(.path(path, isNamed: true)))
    }
    do throws(SystemError) {
      let content = try Folder.images(below: path)
      report.skipped(content.skipped, path)
      pending.append(.files(content.images[...]))
    } catch {
      // Opening it as a file says again why it cannot be read.
      pending.append(.entry(.path(path, isNamed: true)))
    }
  }

  private func kindOfStandardInput() throws(ToolError) -> InputSelection.Kind {
    if let kind = selection.standardInput { return kind }
    if selection.isNull { return .paths }
    do throws(SystemError) {
      let first = try standardInput.peekSignature()
      if startsStream(first) { return .stream }
      return ImageFormat.recognized(first) == nil ? .paths : .image
    } catch {
      if Interrupts.wantsStop { return .paths }
      throw ToolError(.noInput, "standard input: \(error)")
    }
  }

  private func reader(of list: InputSelection.List) throws(ToolError) -> PathListReader {
    if list.path.bytes == Array("-".utf8) {
      return PathListReader(
        standardInput, name: "standard input", isNull: list.isNull, nullOption: "--files0-from")
    }
    do throws(InputFileError) {
      return PathListReader(
        try InputFile(list.path).reader, name: list.path.escaped, isNull: list.isNull,
        nullOption: "--files0-from")
    } catch {
      throw ToolError(.noInput, "\(list.path): \(error)")
    }
  }
}

/// What a filter says about its inputs before it reads them.
struct InputReport: Sendable {
  let diagnostics: Diagnostics
  let verbosity: Verbosity

  /// Says what a folder holds besides images.
  func skipped(_ files: [FilePath], _ folder: FilePath) {
    guard !files.isEmpty, verbosity != .quiet else { return }
    guard verbosity != .verbose else {
      for file in files { diagnostics.say("\(file): skipped, not an image") }
      return
    }
    let what = files.count == 1 ? "1 file that is" : "\(files.count) files that are"
    diagnostics.say("\(folder): skipped \(what) not an image or hidden, see -v")
  }
}

/// How much a tool says.
public enum Verbosity: Sendable {
  /// Only what went wrong.
  case quiet
  /// Also what a person should know.
  case normal
  /// Also a line for every file.
  case verbose
}

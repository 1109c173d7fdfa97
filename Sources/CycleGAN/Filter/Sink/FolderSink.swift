import Glibc

/// A file for every image, below a folder, under names that mirror the inputs'.
package final class FolderSink: Sink {
  private let folder: FilePath
  private let template: NameTemplate?
  private let format: OutputFormat?
  private let encoding: EncodingOptions
  private let freshness: Freshness
  private let depfile: Depfile?
  private let protected: ProtectedFiles
  /// Ends every finished path on standard output; nil where they are not told.
  private let terminator: UInt8?

  private struct Names {
    /// What each output is made from.
    var inputs: [FilePath: FilePath] = [:]
    /// Outputs that are made, or being made.
    var made: Set<FilePath> = []
    /// Inputs that were asked for.
    var asked: Set<FilePath> = []
    /// Folders that were written to.
    var folders: Set<FilePath> = []
  }
  private let names = Locked(Names())

  /// Writes to a folder, and prints nothing.
  ///
  /// - Parameters:
  ///   - folder: Made if it is missing.
  ///   - template: How outputs are named; nil mirrors the inputs' names.
  ///   - format: What is written.
  ///   - protected: What no output may replace.
  package convenience init(
    _ folder: FilePath, names template: NameTemplate?, format: ImageFormat,
    protected: ProtectedFiles
  ) {
    self.init(
      folder, names: template, format: .image(format), encoding: EncodingOptions(),
      freshness: Freshness(),
      protected: protected, terminator: nil)
  }

  init(
    _ folder: FilePath, names template: NameTemplate?, format: OutputFormat?,
    encoding: EncodingOptions, freshness: Freshness,
    depfile: Depfile? = nil, protected: ProtectedFiles, terminator: UInt8?
  ) {
    self.folder = folder
    self.template = template
    self.format = format
    self.encoding = encoding
    self.freshness = freshness
    self.depfile = depfile
    self.protected = protected
    self.terminator = terminator
  }

  /// Files are made before they are told of.
  package var makesFiles: Bool { true }

  /// The file for an input, and what is written to it.
  private func path(for name: FilePath) throws(InputFailure) -> (FilePath, OutputFormat) {
    let (relative, format) = try name.mirrored(format, template)
    return (folder.appending(relative), format)
  }

  /// Finds outputs that would replace each other or an input, before any work.
  ///
  /// - Parameter inputs: All inputs, in order.
  /// - Throws: `ToolError` naming both.
  package func plan(_ inputs: [FilePath]) throws(ToolError) {
    try OutputFolder.require(folder)
    var planned = Names()
    // A folder in a list fails when it is its turn, and what has no name is no file either.
    for input in inputs where !input.isNameless && !Folder.isFolder(input) {
      let (output, format): (FilePath, OutputFormat)
      do throws(InputFailure) { (output, format) = try path(for: input) } catch {
        throw ToolError(error.status, "\(input): \(error)")
      }
      guard !encoding.lossless || format != .image(.jpeg) else {
        throw ToolError(
          .usage, "\(output): a JPEG is never lossless; use --format webp or leave out --lossless")
      }
      if let other = planned.inputs[output] {
        guard other != input else { continue }
        throw ToolError(
          .cannotCreate,
          "\(other) and \(input) would both become \(output); rename one"
            + hint(", or keep both", input, other))
      }
      guard !protected.isOwnOutput(output, of: input) else {
        throw ToolError(
          .cannotCreate, "\(input) would be replaced by its own output; choose another folder")
      }
      if let victim = protected.victim(of: output) {
        throw ToolError(
          .cannotCreate,
          "\(input): its output \(output) would replace \(victim); choose another folder")
      }
      planned.inputs[output] = input
    }
    names.withLock { [planned] in $0 = planned }
  }

  /// Whether an image is to be made.
  ///
  /// - Parameter name: Its path or number.
  /// - Returns: False where it was asked for already, or need not be made again.
  package func wants(_ name: FilePath) -> Bool {
    let output = file(for: name)
    let isFirst = names.withLock { names in
      // The first in order gets the output, whichever is encoded first.
      if let output, names.inputs[output] == nil { names.inputs[output] = name }
      return names.asked.insert(name).inserted
    }
    // A name without an output fails when it is to be written.
    return isFirst && (output.map { freshness.isWanted($0, from: name) } ?? true)
  }

  /// The file of an image.
  ///
  /// - Parameter name: Its path or number.
  /// - Returns: nil where it would leave the folder.
  package func file(for name: FilePath) -> FilePath? {
    do throws(InputFailure) { return try path(for: name).0 } catch { return nil }
  }

  /// Writes an image's file.
  ///
  /// - Parameters:
  ///   - frame: The image.
  ///   - identity: Which one it is.
  /// - Returns: What prints its path.
  /// - Throws: What concerns this image alone, or a `ToolError` if the disk fails.
  package func prepare(
    _ frame: Frame, _ identity: Input.Identity
  ) throws -> @Sendable () throws(ToolError) -> Void {
    let (output, format) = try path(for: identity.name)
    try take(output, for: identity.name)
    let bytes = try format.encoded(frame, encoding)
    do throws(OutputFolder.Failure) { try OutputFolder.create(output.directory) } catch {
      throw Self.failure(error.folder, error.reason, error.description)
    }
    for folder in [folder, output.directory]
    where names.withLock({ $0.folders.insert(folder).inserted }) {
      AtomicFile.removeLeftovers(in: folder)
    }
    do throws(SystemError) { try AtomicFile.write(bytes, to: output) } catch {
      throw Self.failure(output, error, "\(output): \(error)")
    }
    return { [self] () throws(ToolError) in
      depfile?.add(output, from: identity.name)
      guard let terminator else { return }
      try StandardOutput.write(output.bytes + [terminator])
    }
  }

  /// An error of one path is its image's alone; a disk that takes no more ends the run.
  private static func failure(
    _ path: FilePath, _ reason: SystemError, _ description: String
  ) -> any Error {
    guard ![ENOSPC, EDQUOT, EROFS, EIO].contains(reason.code) else {
      return ToolError.writing(path, reason)
    }
    return InputFailure(description, status: ExitStatus(writing: reason))
  }

  /// Refuses what another image has written, or is going to.
  private func take(_ output: FilePath, for name: FilePath) throws(InputFailure) {
    let other = names.withLock { names -> FilePath? in
      let owner = names.inputs[output] ?? name
      names.inputs[output] = owner
      return owner == name && names.made.insert(output).inserted ? nil : owner
    }
    if other == nil, protected.isOwnOutput(output, of: name) {
      throw InputFailure(
        "it would be replaced by its own output; choose another folder", status: .cannotCreate)
    }
    if other == nil, let victim = protected.victim(of: output) {
      throw InputFailure(
        "its output \(output) would replace \(victim); choose another folder",
        status: .cannotCreate)
    }
    if let other {
      throw InputFailure(
        "its output \(output) is that of \(other)" + hint("; keep both", name, other),
        status: .cannotCreate)
    }
  }

  /// How two inputs get two outputs; empty where the template does not help.
  private func hint(_ action: String, _ one: FilePath, _ other: FilePath) -> String {
    let names = NameTemplate.keepingNames
    do throws(InputFailure) {
      let template = NameTemplate(argument: names)
      let helps = try one.mirrored(format, template).0 != other.mirrored(format, template).0
      return helps ? "\(action) with --output-template '\(names)'" : ""
    } catch {
      return ""
    }
  }

  /// Completes the output after the last image.
  ///
  /// - Parameter isWhole: Whether all inputs came to their proper end.
  /// - Throws: `ToolError` if the make rules cannot be written.
  package func finish(isWhole: Bool) throws(ToolError) { try depfile?.write() }
}

/// Folders for outputs.
package enum OutputFolder {
  /// Makes a folder and those it lies in.
  ///
  /// - Parameter folder: One that is there already stays.
  /// - Throws: `ToolError` naming what cannot be made.
  package static func make(_ folder: FilePath) throws(ToolError) {
    do throws(Failure) { try create(folder) } catch {
      throw ToolError(ExitStatus(writing: error.reason), error.description)
    }
  }

  /// A folder that cannot be made.
  struct Failure: Error, CustomStringConvertible {
    let folder: FilePath
    let reason: SystemError

    /// The folder, and why.
    var description: String {
      "\(folder): " + (reason.code == ENOTDIR ? "not a folder" : "\(reason)")
    }
  }

  /// Makes a folder and those it lies in.
  static func create(_ folder: FilePath) throws(Failure) {
    if Folder.isFolder(folder) { return }
    if folder.directory != folder { try create(folder.directory) }
    // Another thread may have made it in between.
    guard folder.withCString({ mkdir($0, 0o777) }) == 0 || errno == EEXIST else {
      throw Failure(folder: folder, reason: .current)
    }
    guard Folder.isFolder(folder) else {
      throw Failure(folder: folder, reason: SystemError(code: ENOTDIR))
    }
  }

  /// Refuses a folder that is missing and cannot be made, before any work.
  static func require(_ folder: FilePath) throws(ToolError) {
    guard !Folder.isFolder(folder) else { return }
    var parent = folder
    while !parent.exists, parent.directory != parent { parent = parent.directory }
    guard Folder.isFolder(parent) else {
      throw ToolError(.cannotCreate, "\(parent): not a folder")
    }
    guard parent.withCString({ access($0, W_OK | X_OK) }) == 0 else {
      throw ToolError.writing(folder, .current)
    }
  }
}

extension FilePath {
  /// Whether nothing is left of it without `.` and slashes: an empty operand, or the folder itself.
  fileprivate var isNameless: Bool { components.allSatisfy { $0.bytes == Array(".".utf8) } }

  /// The path below an output folder: that of this one, unless a template says another.
  ///
  /// - Parameters:
  ///   - format: What is written; nil keeps what the extension says, or takes PNG.
  ///   - template: How outputs are named.
  /// - Returns: A relative path, and what its file is written as.
  /// - Throws: `InputFailure` if it would lead out of the folder.
  func mirrored(
    _ format: OutputFormat?, _ template: NameTemplate? = nil
  ) throws(InputFailure) -> (FilePath, OutputFormat) {
    let parts = components.filter { $0.bytes != Array(".".utf8) }
    guard let name = parts.last else {
      throw InputFailure("it has no name", status: .cannotCreate)
    }
    let (file, format) = name.withExtension(of: format)
    let folders = Array(parts.dropLast())
    let output = template?.components(folders, name, file) ?? folders + [file]
    guard !(output + [name]).contains(FilePath("..")) else {
      throw InputFailure(
        "its output would leave the folder because of the .. in its name; go to the folder above it "
          + "first, give its absolute path, or use --output-template '{stem}.{ext}'",
        status: .cannotCreate)
    }
    let path = output.map(\.bytes).joined(separator: [UInt8(ascii: "/")])
    return (FilePath(bytes: Array(path)), format)
  }

  /// The name of a file with what is made of this one.
  private func withExtension(of format: OutputFormat?) -> (FilePath, OutputFormat) {
    let own = fileExtension
    let known = OutputFormat(word: own)
    if case .image(let image)? = known, format == nil {
      // A gray map's name would be wrong for a translation in color.
      guard image == .ppm, own.lowercased() != "ppm", own.lowercased() != "pnm" else {
        return (self, .image(image))
      }
    }
    let wanted = format ?? known.flatMap { $0 == .npy ? nil : $0 } ?? .image(.png)
    if known == wanted, ["jpg", "jpeg"].contains(own.lowercased()) { return (self, wanted) }
    let isReplaced =
      known != nil || ["npys", "tif", "tiff", "bmp", "gif"].contains(own.lowercased())
    let stem = isReplaced ? replacingExtension(with: "") : self
    return (FilePath(bytes: stem.bytes + Array(".\(wanted.fileExtension)".utf8)), wanted)
  }
}

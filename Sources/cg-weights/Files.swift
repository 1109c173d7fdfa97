import ArgumentParser
import CycleGAN
import Glibc

/// The files that a subcommand reads one after the other.
struct Operands: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Weights files or checkpoints; - or none is standard input.", valueName: "file"))
  var files: [FilePath] = []

  func validate() throws {
    guard files.isEmpty, isatty(STDIN_FILENO) == 1 else { return }
    throw ValidationError("no input: name a file, or redirect standard input")
  }

  /// Processes every file, also after one that failed.
  ///
  /// - Parameter body: Processes one file; its errors are printed.
  /// - Throws: `ToolError` without lines if a file failed: with the status for bad data if any has it,
  ///   and otherwise with the first one's; at once if standard output cannot be written.
  func forEach(_ body: (FilePath) throws(ToolError) -> Void) throws(ToolError) {
    var statuses: [ExitStatus] = []
    for operand in files.isEmpty ? [FilePath("-")] : files {
      do {
        guard let folder = try WeightsFolder(named: operand) else {
          try body(operand)
          continue
        }
        for path in folder.files { try body(path) }
      } catch {
        guard error.status != .inputOutput else { throw error }
        let diagnostics = Diagnostics(tool: "cg-weights")
        for line in error.lines { diagnostics.say(line) }
        statuses.append(error.status)
      }
    }
    guard let first = statuses.first else { return }
    throw ToolError(statuses.contains(.badData) ? .badData : first, lines: [])
  }
}

/// The one file that a subcommand reads.
struct Operand: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Weights file, checkpoint or .pth file; - or none is standard input.", valueName: "file"))
  var file: FilePath?

  /// The file; standard input where none is named.
  var path: FilePath { file ?? FilePath("-") }

  func validate() throws {
    guard file == nil, isatty(STDIN_FILENO) == 1 else { return }
    throw ValidationError("no input: name a file, or redirect standard input")
  }
}

/// A file that was read, with its checksum.
struct ReadFile {
  /// As the user wrote it, safe to print.
  let name: String
  /// Tensors and metadata.
  let weights: WeightsFile
  /// Its length.
  let byteCount: Int
  /// zlib's CRC-32 of all its bytes; not the checksum that it may contain.
  let crc32: UInt32

  /// Reads a file to its end.
  ///
  /// - Parameters:
  ///   - path: A path, or `-`.
  ///   - entry: Network to take from a file of several.
  ///   - role: Network to take from a folder.
  ///   - check: Gets names and shapes before any element is read.
  /// - Throws: `ToolError` with every point that is wrong.
  init(
    _ path: FilePath, entry: String? = nil, role: NetworkRole? = nil,
    check: (StateDictOutline) throws(WeightsError) -> Void = { _ in }
  ) throws(ToolError) {
    let path = try WeightsFolder.file(path, role)
    let isStandardInput = path == FilePath("-")
    let name = isStandardInput ? "standard input" : "\(path)"
    let reader: ByteReader
    do throws(SystemError) {
      if isStandardInput, let special = SpecialFile.onStandardInput { throw special.error }
      reader = try isStandardInput ? ByteReader(descriptor: STDIN_FILENO) : ByteReader(path)
    } catch {
      throw ToolError(.noInput, "\(name): \(error)")
    }
    var (checksum, count): (UInt32, Int) = (0, 0)
    do throws(WeightsError) {
      let observe = { (bytes: Buffer<UInt8>) in
        checksum = CycleGAN.crc32(bytes, checksum)
        count += bytes.count
      }
      weights = try WeightsFile.read(from: reader, entry: entry, observe: observe, check: check)
    } catch {
      throw ToolError(name, error)
    }
    (self.name, byteCount, crc32) = (name, count, checksum)
  }
}

extension WeightsFolder {
  /// Looks into a folder that the user named.
  ///
  /// - Parameter path: A path, or `-`; a file gives nil.
  /// - Throws: `ToolError` if it cannot be read, or has no weights.
  init?(named path: FilePath) throws(ToolError) {
    let folder: WeightsFolder?
    do throws(SystemError) { folder = try WeightsFolder(path) } catch {
      throw ToolError(path, error, .noInput)
    }
    guard let folder else { return nil }
    guard !folder.isEmpty else { throw ToolError(.noInput, folder.emptyReason) }
    self = folder
  }

  /// The file with the network that the user names.
  ///
  /// - Parameters:
  ///   - path: A file, `-` or a folder.
  ///   - role: Which network of a folder; nil where the user does not say.
  /// - Returns: The path itself if it is no folder.
  /// - Throws: `ToolError` if it is not there, or nobody says which.
  static func file(_ path: FilePath, _ role: NetworkRole?) throws(ToolError) -> FilePath {
    guard let folder = try WeightsFolder(named: path) else { return path }
    if let file = folder.file(of: role) { return file }
    guard let role else {
      throw ToolError(
        .usage,
        "\(path): several networks are in this folder; choose one with --direction or --domain, or name "
          + "its file, such as \(folder.files[0])")
    }
    throw ToolError(.noInput, "\(path): \(role.rawValue) is not in this folder")
  }
}

extension ToolError {
  /// Makes a line of the file's name for every point of an error.
  ///
  /// - Parameters:
  ///   - name: The file, or a part of it.
  ///   - error: What is wrong with it.
  ///   - allowNonfinite: Whether the subcommand has `--allow-nonfinite`.
  init(_ name: String, _ error: WeightsError, allowNonfinite: Bool = false) {
    self.init(
      error.status,
      lines: error.pointsWithHints(allowNonfinite: allowNonfinite).map { "\(name): \($0)" })
  }
}

/// The one file that a subcommand writes.
struct OutputFile: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Output file; - is standard output.", valueName: "file"))
  var output: FilePath

  @Flag(name: .shortAndLong, help: "Write to a terminal, or over an input.")
  var force = false

  func validate() throws {
    guard output.bytes.isEmpty else { return }
    throw ValidationError("the output has no name; - is standard output")
  }

  /// Refuses an extension of another format.
  ///
  /// - Parameter command: The subcommand, which writes weights files only.
  /// - Throws: `ValidationError` naming the subcommand that writes other formats.
  func requireWeights(_ command: String) throws {
    guard let format = WeightsFormat(output), format != .safetensors else { return }
    throw ValidationError(
      "\(command) writes a weights file; use export for .\(output.fileExtension)")
  }

  /// Refuses a terminal and an output that is an input, before any work.
  ///
  /// - Parameter inputs: What is read; `-` is standard input.
  /// - Throws: `ToolError` if standard output is a terminal, or a file would be replaced.
  func require(reading inputs: [FilePath]) throws(ToolError) {
    guard !force else { return }
    guard isStandardOutput else {
      var protected = ProtectedFiles(inputs: inputs)
      return try protected.require(output)
    }
    guard isatty(STDOUT_FILENO) == 1 else { return }
    throw ToolError(
      .usage, "refusing to write weights to a terminal; use -o FILE, redirect it, or -f")
  }

  /// Writes the file atomically.
  ///
  /// - Parameter content: The whole file.
  /// - Throws: `ToolError` if a step fails; an old file stays.
  func write(_ content: FileContent) throws(ToolError) {
    let path = isStandardOutput ? FilePath("standard output") : output
    do throws(SystemError) {
      guard !isStandardOutput else {
        return try content.write(to: ByteWriter(descriptor: STDOUT_FILENO))
      }
      AtomicFile.removeLeftovers(in: output.directory)
      try AtomicFile.write(to: output) { writer throws(SystemError) in
        try content.write(to: writer)
      }
    } catch {
      throw ToolError.writing(path, error)
    }
  }

  private var isStandardOutput: Bool { output == FilePath("-") }
}

/// Rows of cells in aligned columns.
struct Columns {
  /// A line for each row.
  let lines: [String]

  /// Aligns the columns.
  ///
  /// - Parameter rows: All of one length, at least one.
  init(_ rows: [[String]]) {
    let widths = rows[0].indices.map { column in
      rows.reduce(0) { max($0, $1[column].count) }
    }
    lines = rows.map { row in
      let cells = zip(row, widths).dropLast().map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return (cells + row.suffix(1)).joined(separator: "  ")
    }
  }
}

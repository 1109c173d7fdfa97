import ArgumentParser
import CycleGAN
import Glibc

/// The files that a subcommand takes one after the other.
struct Operands: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Weights files or checkpoints; - is standard input.", valueName: "file"))
  var files: [FilePath] = []

  func validate() throws {
    guard files.isEmpty, isatty(STDIN_FILENO) == 1 else { return }
    throw ValidationError("name a file, or give one on standard input")
  }

  /// Takes every file, also after one that failed.
  ///
  /// - Parameter body: Gets a path. What it throws is said, and counts.
  /// - Throws: `ToolError` without lines where a file failed: with the status for bad data if any
  ///   had it, and otherwise the first one's; at once where standard output is lost.
  func forEach(_ body: (FilePath) throws(ToolError) -> Void) throws(ToolError) {
    var statuses: [ExitStatus] = []
    for path in files.isEmpty ? [FilePath("-")] : files {
      do {
        try body(path)
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
      "A weights file, checkpoint or .pth; - is standard input.", valueName: "file"))
  var file: FilePath?

  /// The file; standard input where none is named.
  var path: FilePath { file ?? FilePath("-") }

  func validate() throws {
    guard file == nil, isatty(STDIN_FILENO) == 1 else { return }
    throw ValidationError("name a file, or give one on standard input")
  }
}

/// A file as it was read.
struct ReadFile {
  /// As the user wrote it, safe to print.
  let name: String
  /// What is in it.
  let weights: WeightsFile
  /// Its length.
  let byteCount: Int
  /// zlib's CRC-32 of all its bytes as they are, which is not the one that it may carry.
  let crc32: UInt32

  /// Reads a file to its end.
  ///
  /// - Parameters:
  ///   - path: A path, or `-`.
  ///   - entry: Of several networks the one under this key, or whose names begin with it.
  ///   - check: Gets names and shapes before any number is read.
  /// - Throws: `ToolError` with every point that is wrong.
  init(
    _ path: FilePath, entry: String? = nil,
    check: (WeightsOutline) throws(WeightsError) -> Void = { _ in }
  ) throws(ToolError) {
    let isStandardInput = path == FilePath("-")
    let name = isStandardInput ? "standard input" : "\(path)"
    let reader: ByteReader
    do throws(SystemError) {
      reader = try isStandardInput ? ByteReader(descriptor: STDIN_FILENO) : ByteReader(path)
    } catch {
      throw ToolError(.noInput, "\(name): \(error)")
    }
    var (checksum, count): (UInt32, Int) = (0, 0)
    do throws(WeightsError) {
      let observe = { (bytes: [UInt8]) in
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

extension ToolError {
  /// Names the file in front of every point.
  ///
  /// - Parameters:
  ///   - name: The file, or a part of it.
  ///   - error: What is wrong with it.
  init(_ name: String, _ error: WeightsError) {
    let isUnreadable = if case .system = error { true } else { false }
    self.init(
      isUnreadable ? .noInput : .badData, lines: error.points.map { "\(name): \($0)" })
  }
}

import ArgumentParser
import CycleGAN
import Glibc

/// The one file that a subcommand writes.
struct OutputFile: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to; - is standard output.", valueName: "file"))
  var output: FilePath

  @Flag(name: .shortAndLong, help: "Write to a terminal all the same.")
  var force = false

  func validate() throws {
    guard output.bytes.isEmpty else { return }
    throw ValidationError("the output has no name; - is standard output")
  }

  /// Refuses a name of another format.
  ///
  /// - Parameter command: What writes weights files only.
  /// - Throws: `ValidationError` naming the subcommand that writes the others.
  func requireWeights(_ command: String) throws {
    guard let format = WeightsFormat(output), format != .safetensors else { return }
    throw ValidationError(
      "\(command) writes a weights file; use export for .\(output.fileExtension)")
  }

  /// Refuses a terminal, before any work.
  ///
  /// - Throws: `ToolError` if standard output is one.
  func requireNoTerminal() throws(ToolError) {
    guard isStandardOutput, !force, isatty(STDOUT_FILENO) == 1 else { return }
    throw ToolError(
      .usage, "refusing to write weights to a terminal; use -o FILE, redirect it, or -f")
  }

  /// Writes all of it, under its name whole or not at all.
  ///
  /// - Parameter content: The whole file.
  /// - Throws: `ToolError` if a step fails; an old file stays.
  func write(_ content: WeightsParts) throws(ToolError) {
    let path = isStandardOutput ? FilePath("standard output") : output
    do throws(SystemError) {
      guard !isStandardOutput else {
        return try content.write(to: ByteWriter(descriptor: STDOUT_FILENO))
      }
      try AtomicFile.write(to: output) { writer throws(SystemError) in
        try content.write(to: writer)
      }
    } catch {
      throw ToolError.writing(path, error)
    }
  }

  private var isStandardOutput: Bool { output == FilePath("-") }
}

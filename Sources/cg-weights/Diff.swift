import ArgumentParser
import CycleGAN

/// Compares two files.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two weights files.",
    discussion: """
      cg-weights diff --tensors gen_AB.bin latest_net_G_A.pth
      cg-weights diff run/checkpoints/00005000.ckpt run/checkpoints/00010000.ckpt | sort -k3g

      Prints a line for each difference: tensors that only one file has, tensors of other shapes, \
      largest and mean difference of the values, metadata. Exit status: 0 the files are equal, \
      1 they differ, 65 a file is bad, 66 a file is missing or unreadable.
      """)

  @Argument(help: ArgumentHelp("Weights files, checkpoints or .pth files.", valueName: "file"))
  var files: [FilePath]

  @Flag(name: .shortAndLong, help: "Print nothing; only the exit status tells.")
  var quiet = false

  @Flag(help: "Compare the tensors, not the metadata.")
  var tensors = false

  func validate() throws {
    guard files.count == 2 else { throw ValidationError("give two files") }
  }

  func run() throws {
    var (first, second) = (try ReadFile(files[0]).weights, try ReadFile(files[1]).weights)
    if tensors { (first.metadata, second.metadata) = ([:], [:]) }
    let comparison = try compared(first, second)
    guard !comparison.isEmpty else { return }
    if !quiet { try StandardOutput.write(Self.text(comparison)) }
    throw ToolError(.someFailed, lines: [])
  }

  private func compared(
    _ first: WeightsFile, _ second: WeightsFile
  ) throws(ToolError) -> WeightsComparison {
    do throws(OutOfMemory) { return try WeightsComparison(first, second) } catch {
      throw ToolError(files.map(\.description).joined(separator: ", "), .outOfMemory(error))
    }
  }

  private static func text(_ comparison: WeightsComparison) -> String {
    var lines = comparison.misfits
    let rows = comparison.differences.map { difference in
      [
        escaped(Array(difference.name.utf8)), "\(difference.count)/\(difference.total)",
        "\(Float(difference.largest))", "\(Float(difference.mean))",
      ]
    }
    if !rows.isEmpty { lines += Columns([["tensor", "differ", "largest", "mean"]] + rows).lines }
    lines += comparison.metadata.map { key, first, second in
      let values = [first, second].map { $0.map { escaped(Array($0.utf8)) } ?? "-" }
      return "\(escaped(Array(key.utf8))): \(values[0]) and \(values[1])"
    }
    return lines.map { $0 + "\n" }.joined()
  }
}

import ArgumentParser
import CycleGAN

/// Checks files from the first byte to the last.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check format, checksum, architecture, and that all values are finite.",
    discussion: """
      cg-weights verify gen_AB.bin gen_BA.bin
      find . -name '*.ckpt' -print0 | xargs -0 cg-weights verify --quiet

      Prints FILE: OK or FILE: FAILED for each file, and all errors to standard error. \
      Exit status: 0 all files are good, 65 a file is bad, 66 a file is missing or unreadable.
      """)

  @Flag(name: .shortAndLong, help: "Print errors only.")
  var quiet = false

  @OptionGroup var operands: Operands

  func run() throws {
    try operands.forEach { path throws(ToolError) in
      let name = path == FilePath("-") ? "-" : "\(path)"
      do throws(ToolError) {
        try verify(ReadFile(path))
      } catch {
        if error.status == .badData, !quiet { try StandardOutput.write("\(name): FAILED\n") }
        throw error
      }
      if !quiet { try StandardOutput.write("\(name): OK\n") }
    }
  }

  private func verify(_ file: ReadFile) throws(ToolError) {
    if !file.weights.isChecked, !quiet {
      Diagnostics(tool: "cg-weights")
        .say("\(file.name): no checksum, so damage to its values cannot be detected")
    }
    let problems = file.problems
    guard problems.isEmpty else {
      throw ToolError(.badData, lines: problems.map { "\(file.name): \($0)" })
    }
  }
}

extension ReadFile {
  /// Everything that is wrong with the networks and their values.
  fileprivate var problems: [String] {
    var problems: [String] = []
    guard !weights.roles.isEmpty else {
      let networks = weights.networks
      guard !networks.isEmpty else { return Self.problems(weights) }
      for (name, network) in networks {
        let name = escaped(Array(name.utf8))
        problems += Self.problems(network).map { "\(name): \($0)" }
      }
      return problems
    }
    for role in NetworkRole.allCases {
      guard let network = weights.network(role) else {
        problems.append("this checkpoint has no \(role.rawValue)")
        continue
      }
      problems += Self.problems(network).map { "\(role.rawValue): \($0)" }
    }
    // The optimizers and what else a run needs to resume.
    return problems + WeightsFile.nonfinitePoints(weights.besides)
  }

  private static func problems(_ network: WeightsFile) -> [String] {
    points { () throws(WeightsError) in
      _ = try network.fitted(to: try RecognizedNetwork(network).description)
    }
  }

  private static func points(_ body: () throws(WeightsError) -> Void) -> [String] {
    do throws(WeightsError) { try body() } catch { return error.pointsWithHints() }
    return []
  }
}

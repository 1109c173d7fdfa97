import ArgumentParser
import CycleGAN

/// Checks files from the first byte to the last number.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check structure, checksum, fit to the network, and that all numbers are finite.",
    discussion: """
      cg-weights verify gen_AB.bin gen_BA.bin
      find . -name '*.ckpt' -print0 | xargs -0 cg-weights verify --quiet

      Prints FILE: OK or FILE: FAILED; what is wrong is said on standard error, all of it. \
      Exit status: 0 all are good, 65 one is bad, 66 one is missing or unreadable.
      """)

  @Flag(name: .shortAndLong, help: "Say only what is wrong.")
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
        .say("\(file.name): has no checksum, so that damage to its numbers would not show")
    }
    let problems = file.problems
    guard problems.isEmpty else {
      throw ToolError(.badData, lines: problems.map { "\(file.name): \($0)" })
    }
  }
}

extension ReadFile {
  /// Everything that is wrong with the networks and the numbers.
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
    // The optimizers and what else a run needs to go on.
    return problems + NetworkSummary.notFinite(weights.besides)
  }

  private static func problems(_ network: WeightsFile) -> [String] {
    points { () throws(WeightsError) in
      _ = try network.fitted(to: try RecognizedNetwork(network).description)
    }
  }

  private static func points(_ body: () throws(WeightsError) -> Void) -> [String] {
    do throws(WeightsError) { try body() } catch { return error.points }
    return []
  }
}

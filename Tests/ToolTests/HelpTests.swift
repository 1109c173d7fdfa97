import Foundation
import Testing

/// Help screens are kept, so that a change of one is seen and meant: `Snapshots/make-help.sh` makes
/// them.
@Suite struct HelpTests {
  /// Every tool without the trainer, and every command of the one that has some, as one types it.
  static let commands =
    ["cg-prep", "cg-apply", "cg-cycle", "cg-weights"]
    + WeightsTests.commands.map { "cg-weights \($0)" }

  @Test(arguments: commands)
  func `a help screen is the one that is kept`(command: String) throws {
    try expectSnapshot(of: command)
  }

  @Test(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
  func `the help screen of cg-train is the one that is kept`() throws {
    try expectSnapshot(of: "cg-train")
  }

  private func expectSnapshot(of command: String) throws {
    let name = command.replacing(" ", with: "-") + ".txt"
    let kept = try String(
      contentsOfFile: Shell.root + "Tests/ToolTests/Snapshots/" + name, encoding: .utf8)
    let outcome = try Shell()("COLUMNS=80 \(command) --help")
    #expect(outcome.output == kept)
    let wide = outcome.output.split(separator: "\n").filter { $0.count > 80 }
    // Examples and usage are lines to copy, and stay whole.
    #expect(wide.allSatisfy { $0.contains("cg-") })
  }
}

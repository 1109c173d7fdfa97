import ArgumentParser
import CycleGAN

/// Where the run is stored, and what it prints.
struct OutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Folder of the run; created if missing.", valueName: "run"),
    completion: .directory)
  var output: String

  @Flag(help: "Show progress even if stderr is no terminal.")
  var progress = false

  @Flag(name: .shortAndLong, help: "Print only warnings and errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Name every file that is skipped.")
  var verbose = false

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("-o needs a folder") }
  }
}

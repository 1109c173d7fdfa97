import ArgumentParser

/// What a filter prints while it works.
package struct ReportOptions: ParsableArguments, Sendable {
  @Flag(help: "Show progress even if standard error is not a terminal.")
  var progress = false

  @Flag(name: .shortAndLong, help: "Print errors only.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Print a line for every image, and every skipped file.")
  var verbose = false

  @Flag(help: "Stop at the first image that fails.")
  var failFast = false

  @Option(
    help: ArgumentHelp("Write the paths that failed, each ended by NUL.", valueName: "file"))
  var failures: FilePath?

  /// Says what a person should know.
  package init() {}

  /// How much is said.
  package var verbosity: Verbosity { quiet ? .quiet : verbose ? .verbose : .normal }

  var barMode: ProgressBar.Mode { quiet ? .never : progress ? .always : .automatic }
}

import ArgumentParser

/// What a filter tells while it works.
public struct ReportOptions: ParsableArguments, Sendable {
  @Flag(help: "Show progress even where standard error is no terminal.")
  var progress = false

  @Flag(name: .shortAndLong, help: "Say only what went wrong.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say a line for every image, and what was skipped.")
  var verbose = false

  @Flag(help: "Stop at the first image that fails.")
  var failFast = false

  @Option(
    help: ArgumentHelp("Write the paths that failed, with a NUL behind each.", valueName: "file"))
  var failures: FilePath?

  /// Says what a person should know.
  public init() {}

  /// How much is said.
  public var verbosity: Verbosity { quiet ? .quiet : verbose ? .verbose : .normal }

  var barMode: ProgressBar.Mode { quiet ? .never : progress ? .always : .automatic }
}

import ArgumentParser

/// What a filter reads.
public struct InputOptions: ParsableArguments, Sendable {
  @Argument(
    help: ArgumentHelp(
      "Images, tensor streams and folders; - is standard input.", valueName: "input"))
  var inputs: [FilePath] = []

  @Flag(
    name: [.customShort("0"), .customLong("null")],
    help: "Standard input is a list of paths that end in NUL.")
  var isNull = false

  @Option(help: "What standard input holds, whatever its first bytes are.")
  var stdin: Word<InputSelection.Kind>?

  @Option(help: ArgumentHelp("Read a list of paths, one a line.", valueName: "file"))
  var filesFrom: [FilePath] = []

  @Option(
    name: .customLong("files0-from"),
    help: ArgumentHelp("Read a list of paths that end in NUL.", valueName: "file"))
  var files0From: [FilePath] = []

  @OptionGroup(title: "Limits") var limits: LimitOptions

  /// Nothing named.
  public init() {}

  /// What the user asked for.
  public var selection: InputSelection {
    InputSelection(
      operands: inputs,
      lists: filesFrom.map { .init($0, isNull: false) }
        + files0From.map { .init($0, isNull: true) },
      standardInput: stdin?.value, isNull: isNull, decoding: limits.decoding)
  }
}

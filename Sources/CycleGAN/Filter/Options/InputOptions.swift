import ArgumentParser
import Glibc

/// What a filter reads.
package struct InputOptions: ParsableArguments, Sendable {
  @Argument(
    help: ArgumentHelp(
      "Images, tensor streams and folders; - is standard input.", valueName: "input"))
  var inputs: [FilePath] = []

  @Flag(
    name: [.customShort("0"), .customLong("null")],
    help: "Standard input is a list of paths that end in NUL.")
  var isNull = false

  @Option(help: "What standard input holds; detected from its first bytes unless given.")
  var stdin: Word<InputSelection.Kind>?

  @Option(help: ArgumentHelp("Read a list of paths, one a line.", valueName: "file"))
  var filesFrom: [FilePath] = []

  @Option(
    name: .customLong("files0-from"),
    help: ArgumentHelp("Read a list of paths that end in NUL.", valueName: "file"))
  var files0From: [FilePath] = []

  @OptionGroup(title: "Limits") var limits: LimitOptions

  /// Nothing named.
  package init() {}

  /// What the user asked for.
  package var selection: InputSelection {
    InputSelection(
      operands: inputs,
      lists: filesFrom.map { .init($0, separator: .lineFeed) }
        + files0From.map { .init($0, separator: .null) },
      standardInput: stdin?.value, isNull: isNull, decoding: limits.decoding)
  }
}

/// What a source was asked to read.
package struct InputSelection: Sendable {
  /// What standard input can hold.
  package enum Kind: String, Sendable, CaseIterable {
    /// A tensor stream.
    case stream
    /// An encoded image, or several of Netpbm's.
    case image
    /// Paths, one a line.
    case paths
  }

  /// A file that lists paths.
  package struct List: Sendable {
    /// What ends a path.
    package enum Separator: Sendable {
      /// A line feed.
      case lineFeed
      /// NUL.
      case null
      /// NUL if the list has one, else a line feed. The whole list is read to find out.
      case detected
    }

    /// The file; `-` is standard input.
    package var path: FilePath
    /// What ends a path.
    package var separator: Separator

    /// Names a list.
    ///
    /// - Parameters:
    ///   - path: The file; `-` is standard input.
    ///   - separator: What ends a path.
    package init(_ path: FilePath, separator: Separator) {
      self.path = path
      self.separator = separator
    }
  }

  /// Images, streams and folders in the order given; `-` is standard input.
  package var operands: [FilePath]
  /// Lists of paths, read after the operands.
  package var lists: [List]
  /// What standard input holds; nil detects it from its first bytes.
  package var standardInput: Kind?
  /// Whether a path on standard input ends in NUL.
  package var isNull: Bool
  /// Limits of images, and which damage is refused.
  package var decoding: DecodingOptions
  /// Folders that are not walked into, such as the output's, unless they are operands.
  package var excluded: Set<FileIdentity> = []

  /// Selects inputs.
  ///
  /// - Parameters:
  ///   - operands: Images, streams and folders; `-` is standard input.
  ///   - lists: Lists of paths.
  ///   - standardInput: What standard input holds; nil detects it from its first bytes.
  ///   - isNull: Whether a path on standard input ends in NUL.
  ///   - decoding: Limits of images, and which damage is refused.
  package init(
    operands: [FilePath] = [], lists: [List] = [], standardInput: Kind? = nil,
    isNull: Bool = false, decoding: DecodingOptions = DecodingOptions()
  ) {
    self.operands = operands
    self.lists = lists
    self.standardInput = standardInput
    self.isNull = isNull
    self.decoding = decoding
  }
}

extension InputSelection {
  /// Whether all paths can be known without waiting for another program.
  var isFinite: Bool {
    !(operands + lists.map(\.path)).contains(FilePath("-"))
      && !(operands.isEmpty && lists.isEmpty)
      && lists.allSatisfy { FileIdentity($0.path, kind: S_IFREG) != nil }
  }
}

extension DecodingOptions {
  /// What a frame of a stream may ask for.
  public var streamLimits: StreamLimits {
    StreamLimits(maximumPixels: maximumPixels, maximumSide: maximumSide)
  }
}

import ArgumentParser
import Glibc

/// Where a filter's images go, and in which format.
package struct OutputOptions: ParsableArguments, Sendable {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A file for one image, a folder (FOLDER/) for many, or - for standard output.",
      valueName: "where"))
  var output: FilePath?

  @Option(
    help: ArgumentHelp("Format of the output: png, jpg, webp, ppm or npy.", valueName: "word"))
  var format: FormatWord?

  @Option(help: NameTemplate.help)
  var outputTemplate: NameTemplate?

  @Option(help: "Type of the samples in a stream or .npy file.")
  var dtype: Word<SampleType>?

  @Option(help: ArgumentHelp("Quality of JPEG and lossy WebP, 1 to 100.", valueName: "n"))
  var quality = EncodingOptions().quality

  @Flag(help: "Write lossless WebP.")
  var lossless = false

  @Flag(help: "Write a stream without notes: frames only.")
  var plain = false

  @Flag(name: .shortAndLong, help: "Write even to a terminal, or over an input or the weights.")
  var force = false

  @Flag(help: "End each printed path with NUL instead of a line feed.")
  var print0 = false

  @Flag(help: "Skip images whose output exists.")
  var skipExisting = false

  @Flag(help: "Skip images whose output is newer than the input and the weights.")
  var update = false

  @Flag(name: [.customShort("n"), .long], help: "Print each input and its output; make nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp("Write make rules for the outputs, as gcc -MD -MF does.", valueName: "file"))
  var depfile: FilePath?

  /// A stream on standard output.
  package init() {}

  /// Refuses what makes no sense together.
  package func validate() throws {
    guard (1...100).contains(quality) else {
      throw ValidationError("--quality is from 1 to 100, not \(quality)")
    }
    guard output.map({ !$0.bytes.isEmpty }) ?? true else {
      throw ValidationError("-o needs a file, a folder or -")
    }
    let needFiles = [
      ("--skip-existing", skipExisting), ("--update", update), ("--depfile", depfile != nil),
      ("--print0", print0), ("--dry-run", dryRun),
    ]
    for (name, isGiven) in needFiles where isGiven && !writesFiles {
      throw ValidationError("\(name) is for files: it needs -o")
    }
    guard outputTemplate == nil || output.map({ writesFiles && $0.isFolder }) ?? false else {
      throw ValidationError("--output-template names files in a folder: it needs -o FOLDER/")
    }
    guard !(skipExisting && update) else {
      throw ValidationError("--skip-existing and --update exclude each other")
    }
    if let output, let format, writesFiles, !output.isFolder,
      let own = OutputFormat(word: output.fileExtension), own != format.value
    {
      throw ValidationError(
        "-o \(output) is a \(own.fileExtension) file, and --format says "
          + "\(format.value.fileExtension); leave out --format, or change the name")
    }
    if lossless {
      guard output != nil else {
        throw ValidationError("--lossless is for images: it needs -o, and WebP or PNG")
      }
      let single = output.flatMap { $0.isFolder ? nil : OutputFormat(word: $0.fileExtension) }
      if let known = format?.value ?? single, ![.image(.webp), .image(.png)].contains(known) {
        throw ValidationError(
          "--lossless is for WebP, and the format is \(known.fileExtension); use --format webp")
      }
    }
    guard !plain || output == nil || isStandardOutput else {
      throw ValidationError("--plain is for streams, and -o names files")
    }
  }

  /// Whether outputs are files, and not standard output.
  var writesFiles: Bool { output != nil && !isStandardOutput }

  var isStandardOutput: Bool { output?.bytes == Array("-".utf8) }

  var encoding: EncodingOptions { EncodingOptions(quality: quality, lossless: lossless) }

  var rule: FreshnessRule { skipExisting ? .skipExisting : update ? .update : .remake }

  /// What a single file is written as.
  func fileFormat(_ path: FilePath) throws(ToolError) -> OutputFormat {
    if let format { return format.value }
    if let known = OutputFormat(word: path.fileExtension) { return known }
    var status = stat()
    // A device or a pipe has no extension to go by.
    if path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT != S_IFREG {
      return .image(.png)
    }
    throw ToolError(
      .usage,
      "\(path): unknown format; end the name in .png, .jpg, .webp, .ppm or .npy, give --format, or end it in "
        + "/ for a folder")
  }

  /// Changes samples to the type that was asked for.
  ///
  /// - Throws: `SampleRangeError` or `OutOfMemory`.
  func typed(_ frame: Frame) throws -> Frame {
    switch (dtype?.value, frame.samples) {
    case (.uint8, .float32):
      try frame.requireNetworkRange()
      return Frame(try Image(frame))
    case (.float32, .uint8):
      return Frame(
        width: frame.width, height: frame.height, channels: frame.channels,
        samples: .float32(try frame.float32Samples()))
    default: return frame
    }
  }
}

extension FilePath {
  /// Whether outputs go below it: it ends in a slash, or is a folder.
  var isFolder: Bool {
    bytes.last == UInt8(ascii: "/") || FileIdentity(self, kind: S_IFDIR) != nil
  }
}

/// Which outputs need not be made again.
package enum FreshnessRule: Sendable {
  /// All are made.
  case remake
  /// Those that exist are kept.
  case skipExisting
  /// Those that are newer than what they are made from are kept.
  case update
}

/// NumPy's words for what samples are.
enum SampleType: String, CaseIterable, Sendable {
  case uint8, float32
}

/// The value of `--format`.
struct FormatWord: ExpressibleByArgument, Sendable {
  let value: OutputFormat

  init?(argument: String) {
    guard let format = OutputFormat(word: argument) else { return nil }
    value = format
  }

  static var allValueStrings: [String] { ["png", "jpg", "webp", "ppm", "npy"] }

  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

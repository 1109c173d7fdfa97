import ArgumentParser

/// Resource limits of one image.
package struct LimitOptions: ParsableArguments, Sendable {
  @Option(help: ArgumentHelp("Most pixels of an image.", valueName: "n"))
  var maxPixels = Limit(DecodingOptions().maximumPixels)

  @Option(help: ArgumentHelp("Longest side of an image.", valueName: "px"))
  var maxSide = Limit(DecodingOptions().maximumSide)

  @Option(help: ArgumentHelp("Largest image file.", valueName: "bytes"))
  var maxBytes = ByteLimit(DecodingOptions().maximumBytes)

  @Option(help: ArgumentHelp("Most memory for decoding an image.", valueName: "bytes"))
  var maxMemory = ByteLimit(DecodingOptions().maximumMemory)

  @Option(help: ArgumentHelp("Most scans of a progressive JPEG.", valueName: "n"))
  var maxScans = Limit(DecodingOptions().maximumScans)

  @Option(help: ArgumentHelp("Most processor time for decoding an image.", valueName: "s"))
  var maxSeconds = Limit(DecodingOptions().maximumSeconds)

  @Option(help: "Least severe damage that fails an image.")
  var failOn = Word<DamagePolicy>(.error)

  /// The defaults.
  package init() {}

  /// The limits for the decoders.
  package var decoding: DecodingOptions {
    var options = DecodingOptions()
    options.maximumPixels = maxPixels.value
    options.maximumSide = maxSide.value
    options.maximumBytes = maxBytes.value
    options.maximumMemory = maxMemory.value
    options.maximumScans = maxScans.value
    options.maximumSeconds = maxSeconds.value
    options.failOn = failOn.value
    return options
  }

  /// The options' words, in their order.
  package static let words = values(DecodingOptions()).map(\.word)

  /// What is not the default, by the options' words.
  package var changed: [String: String] {
    let changed = zip(Self.values(decoding), Self.values(DecodingOptions())).filter { $0 != $1 }
    return Dictionary(uniqueKeysWithValues: changed.map(\.0))
  }

  private static func values(_ decoding: DecodingOptions) -> [(word: String, value: String)] {
    [
      ("max-pixels", "\(decoding.maximumPixels)"), ("max-side", "\(decoding.maximumSide)"),
      ("max-bytes", "\(decoding.maximumBytes)"), ("max-memory", "\(decoding.maximumMemory)"),
      ("max-scans", "\(decoding.maximumScans)"), ("max-seconds", "\(decoding.maximumSeconds)"),
      ("fail-on", decoding.failOn.rawValue),
    ]
  }
}

/// A number of at least 1, or `unlimited`.
struct Limit: ExpressibleByArgument, Sendable {
  let value: Int

  init(_ value: Int) { self.value = value }

  init?(argument: String) {
    if argument == "unlimited" {
      // One less, so that adding one to it stays a number.
      value = .max - 1
      return
    }
    guard let number = Int(argument), number > 0 else { return nil }
    value = number
  }

  var defaultValueDescription: String { String(value) }

  static var defaultCompletionKind: CompletionKind { .list(["unlimited"]) }
}

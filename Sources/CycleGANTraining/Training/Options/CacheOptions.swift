import ArgumentParser
import CycleGAN

/// The memory for decoded images.
package struct CacheOptions: TrainingOptionGroup {
  @Option(
    help: ArgumentHelp(
      "Memory for decoded images, such as 500M or 2G. (default: a quarter of the machine's)",
      valueName: "bytes"))
  var cache: ByteCount?

  package static let rows: [OptionRow<CacheOptions>] = [
    .init(
      "cache", resume: .mayChange, stored: { $0.cacheBytes.json },
      store: { $1.cacheBytes = $0.cache?.bytes })
  ]

  /// The defaults, to be parsed into.
  package init() {}

  /// The most memory for decoded images, bytes.
  package var maximumBytes: Int { cache?.bytes ?? MachineMemory.bytes / 4 }
}

/// A number of bytes as the user writes it: `1000000`, `500M`, `2G`.
struct ByteCount: ExpressibleByArgument, Sendable {
  let bytes: Int

  /// Reads a number of at least 0 and, behind it, nothing, K, M, G or T: powers of 1024.
  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let units = ["": 0, "K": 10, "M": 20, "G": 30, "T": 40]
    guard let number = Int(digits), let power = units[String(argument.dropFirst(digits.count))],
      number <= Int.max >> power
    else { return nil }
    bytes = number << power
  }
}

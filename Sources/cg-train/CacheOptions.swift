import ArgumentParser
import CycleGANTraining

/// How much memory decoded images may take.
struct CacheOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory for images that are decoded already, such as 500M; a quarter of all unless given.",
      valueName: "bytes"))
  var cache: ByteCount?

  /// The most memory for decoded images, bytes.
  var maximumBytes: Int { cache?.bytes ?? MachineMemory.bytes / 4 }
}

/// A number of bytes as a person writes it: `1000000`, `500M`, `2G`.
struct ByteCount: ExpressibleByArgument {
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

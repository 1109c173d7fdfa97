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

import ArgumentParser
import CycleGAN

/// What happens to the images before the networks see them.
package struct DataOptions: TrainingOptionGroup {
  @Option(help: "BtoA swaps the two domains.")
  var direction = Word<DatasetDirection>(.AtoB)

  @Option(help: "How images are resized and cropped.")
  var preprocess = Word(TrainingOptions.defaults.preprocessing.mode)

  @Option(help: ArgumentHelp("Size that images are resized to.", valueName: "px"))
  var loadSize = TrainingOptions.defaults.preprocessing.loadSize

  @Option(help: ArgumentHelp("Side of the random crop.", valueName: "px"))
  var cropSize = TrainingOptions.defaults.preprocessing.cropSize

  @Flag(inversion: .prefixedNo, help: "Flip half of the images horizontally, at random.")
  var flip = TrainingOptions.defaults.preprocessing.flips

  @Option(help: ArgumentHelp("Use only the first n images of each domain.", valueName: "n"))
  var maxDatasetSize: Int?

  @Option(help: ArgumentHelp("Images of each domain in a batch.", valueName: "n"))
  var batchSize = TrainingOptions.defaults.batchSize

  @Flag(help: "Pair images in order instead of at random.")
  var serialBatches = false

  @Option(help: ArgumentHelp("Threads that load images.", valueName: "n"))
  var numThreads = TrainingOptions.defaults.loadingThreads

  @Option(
    help: ArgumentHelp(
      "Largest share of a domain's images that may be damaged; above 0, one always may.",
      valueName: "x"))
  var maxBad = TrainingOptions.defaults.maximumBad

  package static let rows: [OptionRow<DataOptions>] = [
    .init("direction") {
      .string((($0.isReversed ? .BtoA : .AtoB) as DatasetDirection).rawValue)
    } store: {
      $1.isReversed = $0.direction.value == .BtoA
    },
    .init("preprocess", \.preprocess, \.preprocessing.mode),
    .init("load-size", \.loadSize, \.preprocessing.loadSize, .integers(from: 1)),
    .init("crop-size", \.cropSize, \.preprocessing.cropSize, .integers(from: 1)),
    .init("flip", \.flip, \.preprocessing.flips),
    .init("max-dataset-size", \.maxDatasetSize, \.maximumCount, .integers(from: 1)),
    .init("batch-size", \.batchSize, \.batchSize, .integers(from: 1, to: 1 << 20)),
    .init("serial-batches", \.serialBatches, \.serialBatches),
    .init(
      "num-threads", \.numThreads, \.loadingThreads, .integers(from: 0, to: 1024),
      resume: .mayChange),
    .init("max-bad", \.maxBad, \.maximumBad, .numbers(from: 0), resume: .mayChange),
  ]

  /// The defaults, to be parsed into.
  package init() {}
}

/// The official `--direction`.
enum DatasetDirection: String, CaseIterable, Sendable {
  case AtoB
  case BtoA
}

import ArgumentParser
import CycleGAN

/// Methods beyond the paper; with the defaults none of them changes a bit of what is computed.
package struct MethodOptions: TrainingOptionGroup {
  @Option(help: "Upsampling of ResNet generators: transposed or nearest-neighbor and convolution.")
  var upsample = Word(TrainingOptions.defaults.model.upsampling)

  @Option(
    help: ArgumentHelp(
      "DiffAugment of the discriminators' inputs: comma-separated list of augmentations.",
      valueName: "words"))
  var diffAugment: AugmentationWords?

  @Option(
    help: ArgumentHelp(
      "Use --lambda-identity in the first n epochs only, then --identity-after.", valueName: "n"))
  var identityWarmup: Int?

  @Option(
    help: ArgumentHelp(
      "Weight of the identity losses after --identity-warmup.", valueName: "x"))
  var identityAfter = TrainingOptions.defaults.identityAfterWarmup

  @Option(help: "Decay --lr-policy linear once per epoch or with every step.")
  var lrDecayBy = Word(TrainingOptions.defaults.decayInterval)

  @Flag(help: "Recompute the generators' activations in the backward pass to save memory.")
  var gradCheckpointing = false

  @Option(help: ArgumentHelp("Batches whose gradients are averaged in a step.", valueName: "n"))
  var accumulate = TrainingOptions.defaults.batchesPerStep

  @Option(help: ArgumentHelp("Clip gradients to this norm.", valueName: "x"))
  var clipGrad: Double?

  package static let rows: [OptionRow<MethodOptions>] = [
    .init("upsample", \.upsample, \.model.upsampling, defaultIsNull: true),
    .init("diff-augment") {
      $0.model.augmentations.isEmpty
        ? .null : .string(AugmentationWords($0.model.augmentations).text)
    } store: {
      $1.model.augmentations = $0.diffAugment?.words ?? []
    },
    .init("identity-warmup", \.identityWarmup, \.identityWarmup, .integers(from: 1)),
    .init(
      "identity-after", \.identityAfter, \.identityAfterWarmup, .numbers(from: 0),
      defaultIsNull: true),
    .init("lr-decay-by", \.lrDecayBy, \.decayInterval, defaultIsNull: true),
    .init(
      "grad-checkpointing", \.gradCheckpointing, \.model.gradientCheckpointing, resume: .mayChange,
      defaultIsNull: true),
    .init(
      "accumulate", \.accumulate, \.batchesPerStep, .integers(from: 1, to: 1 << 20),
      defaultIsNull: true),
    .init("clip-grad", \.clipGrad, \.model.maximumGradientNorm, .numbersAbove(0)),
  ]

  /// The defaults, to be parsed into.
  package init() {}
}

/// The value of --diff-augment: words with commas between them.
struct AugmentationWords: ExpressibleByArgument, Sendable {
  let words: Set<Augmentation>

  init(_ words: Set<Augmentation>) { self.words = words }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let words = parts.compactMap { Augmentation(rawValue: String($0)) }
    guard words.count == parts.count else { return nil }
    self.words = Set(words)
  }

  var text: String {
    Augmentation.allCases.filter(words.contains).map(\.rawValue).joined(separator: ",")
  }

  static let allValueStrings = ["color", "translation", "cutout", "color,translation,cutout"]

  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

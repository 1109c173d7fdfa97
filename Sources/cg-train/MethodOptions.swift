import ArgumentParser
import CycleGAN
import CycleGANTraining

/// What goes beyond the paper; the defaults are the paper's.
struct MethodOptions: ParsableArguments {
  @Option(help: "How residual generators get back to the whole size.")
  var upsample = Word<GeneratorArchitecture.Upsampling>(.transpose)

  @Option(
    help: ArgumentHelp(
      "Show images to the discriminators changed at random; color,translation,cutout has all.",
      valueName: "words"))
  var diffAugment: AugmentationWords?

  @Option(
    help: ArgumentHelp("Use the identity losses in the first n epochs only.", valueName: "n"))
  var identityWarmup: Int?

  @Option(
    help: ArgumentHelp(
      "Weight of the identity losses after that, instead of 0.", valueName: "x"))
  var identityAfter = 0.0

  @Option(help: "Whether the rate of --lr-policy linear falls every epoch or every step.")
  var lrDecayBy = Word<LearningRateSchedule.Interval>(.epoch)

  @Option(
    help: ArgumentHelp(
      "Shorten the gradients of a step that are longer than x.", valueName: "x"))
  var clipGrad: Double?

  @Option(
    help: ArgumentHelp("Learn from the gradients of n batches in each step.", valueName: "n"))
  var accumulate = 1

  @Flag(help: "Keep less of the generators' work in memory, and do it again for the gradients.")
  var gradCheckpointing = false

  func apply(to options: inout TrainingOptions) {
    options.model.upsampling = upsample.value
    options.model.augmentations = diffAugment?.words ?? []
    options.identityWarmup = identityWarmup
    options.identityAfterWarmup = identityAfter
    options.decayInterval = lrDecayBy.value
    options.model.savesMemory = gradCheckpointing
    options.batchesPerStep = accumulate
    options.model.gradientLimit = clipGrad
  }
}

/// The value of --diff-augment: words with commas between them.
struct AugmentationWords: ExpressibleByArgument {
  let words: Set<Augmentation>

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let words = parts.compactMap { Augmentation(rawValue: String($0)) }
    guard words.count == parts.count else { return nil }
    self.words = Set(words)
  }

  static let allValueStrings = ["color", "translation", "cutout", "color,translation,cutout"]
}

import ArgumentParser
import CycleGAN
import CycleGANTraining

/// What goes beyond the paper; the defaults are the paper's.
struct MethodOptions: ParsableArguments {
  @Option(help: "How residual generators get back to the whole size.")
  var upsample = Word<GeneratorArchitecture.Upsampling>(.transpose)

  @Option(
    help: ArgumentHelp("Use the identity losses in the first n epochs only.", valueName: "n"))
  var identityWarmup: Int?

  @Option(
    help: ArgumentHelp(
      "Weight of the identity losses after that, instead of 0.", valueName: "x"))
  var identityAfter = 0.0

  @Option(help: "Whether the rate of --lr-policy linear falls every epoch or every step.")
  var lrDecayBy = Word<LearningRateSchedule.Pace>(.epoch)

  @Option(
    help: ArgumentHelp(
      "Shorten the gradients of a step that are longer than x.", valueName: "x"))
  var clipGrad: Double?

  func apply(to options: inout TrainingOptions) {
    options.model.upsampling = upsample.value
    options.identityWarmup = identityWarmup
    options.identityAfterWarmup = identityAfter
    options.decayPace = lrDecayBy.value
    options.model.gradientLimit = clipGrad
  }
}

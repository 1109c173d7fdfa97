import ArgumentParser
import CycleGAN
import CycleGANTraining

/// What goes beyond the paper; the defaults are the paper's.
struct MethodOptions: ParsableArguments {
  @Option(help: "Whether the rate of --lr-policy linear falls every epoch or every step.")
  var lrDecayBy = Word<LearningRateSchedule.Pace>(.epoch)

  @Option(
    help: ArgumentHelp(
      "Shorten the gradients of a step that are longer than x.", valueName: "x"))
  var clipGrad: Double?

  func apply(to options: inout TrainingOptions) {
    options.decayPace = lrDecayBy.value
    options.model.gradientLimit = clipGrad
  }
}

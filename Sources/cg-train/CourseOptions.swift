import ArgumentParser
import CycleGAN
import CycleGANTraining

/// How long to train, and how fast to learn.
struct CourseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Epochs at the full learning rate.", valueName: "n"))
  var nEpochs = 100

  @Option(help: ArgumentHelp("Epochs in which it falls to nothing.", valueName: "n"))
  var nEpochsDecay = 100

  @Option(help: ArgumentHelp("Stop after n steps and write the weights.", valueName: "n"))
  var maxSteps: Int?

  @Option(help: ArgumentHelp("Adam's learning rate.", valueName: "x"))
  var lr = 0.0002

  @Option(help: ArgumentHelp("Adam's first decay.", valueName: "x"))
  var beta1 = 0.5

  @Option(
    help: ArgumentHelp(
      "Keep running means of the generators, with this decay; 0.999, say.", valueName: "x"))
  var ema: Double?

  @Option(help: "How the learning rate falls.")
  var lrPolicy = Word<LearningRateSchedule.Policy>(.linear)

  @Option(help: ArgumentHelp("Epochs between falls of --lr-policy step.", valueName: "n"))
  var lrDecayIters = 50

  @Option(
    help: ArgumentHelp("Of everything that is random; drawn unless given.", valueName: "n"))
  var seed: UInt64?

  func apply(to options: inout TrainingOptions) {
    options.epochs = nEpochs
    options.decayEpochs = nEpochsDecay
    options.maximumSteps = maxSteps
    options.model.learningRate = lr
    options.model.beta1 = beta1
    options.model.averageDecay = ema
    options.policy = lrPolicy.value
    options.decayEvery = lrDecayIters
  }
}

import ArgumentParser
import CycleGAN

/// How long a run trains, and its learning rate.
package struct ScheduleOptions: TrainingOptionGroup {
  @Option(help: ArgumentHelp("Epochs at the full learning rate.", valueName: "n"))
  var nEpochs = TrainingOptions.defaults.epochs

  @Option(help: ArgumentHelp("Further epochs, in which it decays to nearly 0.", valueName: "n"))
  var nEpochsDecay = TrainingOptions.defaults.decayEpochs

  @Option(help: ArgumentHelp("Stop after n steps and write the weights.", valueName: "n"))
  var maxSteps: Int?

  @Option(help: ArgumentHelp("Learning rate of Adam.", valueName: "x"))
  var lr = TrainingOptions.defaults.model.learningRate

  @Option(help: ArgumentHelp("Beta1 of Adam.", valueName: "x"))
  var beta1 = TrainingOptions.defaults.model.beta1

  @Option(
    help: ArgumentHelp(
      "Keep an exponential moving average (EMA) of the generators with this decay, such as 0.999.",
      valueName: "x"))
  var ema: Double?

  @Option(help: "Schedule of the learning rate.")
  var lrPolicy = Word(TrainingOptions.defaults.policy)

  @Option(help: ArgumentHelp("Epochs between decays of --lr-policy step.", valueName: "n"))
  var lrDecayIters = TrainingOptions.defaults.decayEvery

  package static let rows: [OptionRow<ScheduleOptions>] = [
    .init("lr", \.lr, \.model.learningRate, .numbers(from: 0)),
    .init("beta1", \.beta1, \.model.beta1, .fraction),
    .init("ema", \.ema, \.model.emaDecay, .fraction), .init("lr-policy", \.lrPolicy, \.policy),
    .init("lr-decay-iters", \.lrDecayIters, \.decayEvery, .integers(from: 1)),
    .init("n-epochs", \.nEpochs, \.epochs, .integers(from: 0), resume: .mayChange),
    .init("n-epochs-decay", \.nEpochsDecay, \.decayEpochs, .integers(from: 0), resume: .mayChange),
    .init("max-steps", \.maxSteps, \.maximumSteps, .integers(from: 1), resume: .mayChange),
  ]

  /// The defaults, to be parsed into.
  package init() {}
}

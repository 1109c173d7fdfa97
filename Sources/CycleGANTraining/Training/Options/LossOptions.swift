import ArgumentParser
import CycleGAN

/// The losses and their weights.
package struct LossOptions: TrainingOptionGroup {
  @Option(help: "Adversarial loss: least squares, cross entropy, or WGAN with gradient penalty.")
  var ganMode = Word(TrainingOptions.defaults.model.ganMode)

  @Option(
    name: .customLong("lambda-A"),
    help: ArgumentHelp("Weight of the cycle loss of A -> B -> A.", valueName: "x"))
  var lambdaA = TrainingOptions.defaults.model.lambdaA

  @Option(
    name: .customLong("lambda-B"),
    help: ArgumentHelp("Weight of the cycle loss of B -> A -> B.", valueName: "x"))
  var lambdaB = TrainingOptions.defaults.model.lambdaB

  @Option(
    help: ArgumentHelp(
      "Weight of the identity losses, relative to the cycle losses; 0 turns them off.",
      valueName: "x"))
  var lambdaIdentity = TrainingOptions.defaults.model.lambdaIdentity

  @Option(
    help: ArgumentHelp(
      "Earlier translations in each image pool of the discriminators; 0 turns it off.",
      valueName: "images"))
  var poolSize = TrainingOptions.defaults.model.poolSize

  package static let rows: [OptionRow<LossOptions>] = [
    .init("gan-mode", \.ganMode, \.model.ganMode),
    .init("lambda-A", \.lambdaA, \.model.lambdaA, .numbers(from: 0)),
    .init("lambda-B", \.lambdaB, \.model.lambdaB, .numbers(from: 0)),
    .init("lambda-identity", \.lambdaIdentity, \.model.lambdaIdentity, .numbers(from: 0)),
    .init("pool-size", \.poolSize, \.model.poolSize, .integers(from: 0)),
  ]

  /// The defaults, to be parsed into.
  package init() {}
}

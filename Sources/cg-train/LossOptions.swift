import ArgumentParser
import CycleGAN
import CycleGANTraining

/// What the networks learn from.
struct LossOptions: ParsableArguments {
  @Option(help: "What generators and discriminators play for.")
  var ganMode = Word<GANMode>(.lsgan)

  @Option(
    name: .customLong("lambda-A"), help: ArgumentHelp("Weight of the cycle A-B-A.", valueName: "x"))
  var lambdaA = 10.0

  @Option(
    name: .customLong("lambda-B"), help: ArgumentHelp("Weight of the cycle B-A-B.", valueName: "x"))
  var lambdaB = 10.0

  @Option(
    help: ArgumentHelp(
      "Weight of the identity losses, as a share of their cycle's.", valueName: "x"))
  var lambdaIdentity = 0.5

  @Option(
    help: ArgumentHelp("Fakes that are kept to show to the discriminators.", valueName: "images"))
  var poolSize = 50

  func apply(to model: inout ModelOptions) {
    model.ganMode = ganMode.value
    model.lambdaA = lambdaA
    model.lambdaB = lambdaB
    model.lambdaIdentity = lambdaIdentity
    model.poolSize = poolSize
  }
}

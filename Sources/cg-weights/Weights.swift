import ArgumentParser
import CycleGAN

@main
struct Weights: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cg-weights")

  func run() throws {}
}

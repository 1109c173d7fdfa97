import ArgumentParser
import CycleGAN

@main
struct Cycle: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cg-cycle")

  func run() throws {}
}

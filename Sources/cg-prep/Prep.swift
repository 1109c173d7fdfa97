import ArgumentParser
import CycleGAN

@main
struct Prep: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cg-prep")

  func run() throws {}
}

import ArgumentParser
import CycleGAN

@main
struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cg-apply")

  func run() throws {}
}

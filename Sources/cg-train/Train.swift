import ArgumentParser
import CycleGAN

@main
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cg-train")

  func run() throws {}
}

import ArgumentParser
import CycleGAN

/// Shows and verifies weights files.
@main
struct Weights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cg-weights",
    abstract: "Show and verify weights files and checkpoints.",
    usage: "cg-weights show [-v] [FILE]...\ncg-weights verify [-q] [FILE]...",
    discussion: """
      cg-weights show gen_AB.bin
      cg-weights show --verbose run/checkpoints/00005000.ckpt | less
      cg-weights verify run/*.bin run/checkpoints/*.ckpt

      A file is a safetensors file, of these tools or any other. No FILE, or -, is standard input. \
      See cg-weights(1), and cg-weights(5) for the format.
      """,
    version: ToolVersion.text("cg-weights"), subcommands: [Show.self, Verify.self])

  static func main() { Tool.main(Weights.self) }

  func run() throws {
    throw ValidationError("say what to do: show or verify")
  }
}

import ArgumentParser
import CycleGAN

/// Shows, checks, converts, compares and averages weights files.
@main
struct Weights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cg-weights",
    abstract: "Show, check, convert, compare and average weights files.",
    usage: """
      cg-weights show [-v] [--json] [FILE]...
      cg-weights verify [-q] [FILE]...
      cg-weights import [FILE] -o WEIGHTS [OPTION]...
      cg-weights export [FILE] -o OUTPUT [OPTION]...
      cg-weights diff [-q] FILE FILE
      cg-weights average FILE FILE... -o WEIGHTS
      """,
    discussion: """
      cg-weights import latest_net_G_A.pth -o gen_AB.bin
      cg-weights export gen_AB.bin -o gen.onnx
      cg-weights show gen_AB.bin
      cg-weights verify run/*.bin run/checkpoints/*.ckpt

      A file is a safetensors file of any program, or a file of torch.save of any version. - is \
      standard input. See cg-weights(1), and cg-weights(5) for the formats.
      """,
    version: ToolVersion.text("cg-weights"),
    subcommands: [
      Show.self, Verify.self, Import.self, Export.self, Diff.self, Average.self,
    ])

  static func main() { Tool.main(Weights.self, officialWords: OfficialWords.files) }

  func run() throws {
    throw ValidationError("name a subcommand: show, verify, import, export, diff or average")
  }
}

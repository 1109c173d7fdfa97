import ArgumentParser
import CycleGAN

/// Translates images of one domain into the other.
@main
struct Apply: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cg-apply",
    abstract: "Translate images with a generator.",
    usage: "cg-apply -w WEIGHTS [OPTION]... [INPUT]...",
    discussion: """
      find photos -name '*.jpg' | cg-apply -w gen_AB.bin -o out/
      cg-apply -w gen_AB.bin -o painting.png photo.jpg
      cg-apply -w gen_AB.bin -o - --format png < photo.jpg > painting.png
      cg-prep --resize 256 photos | cg-apply -w gen_AB.bin > painted.npys
      cg-apply -w run --direction AB -o out/ photos
      cg-apply -w horse2zebra_pretrained/latest_net_G.pth -o zebras/ horses

      Every image keeps its own size. Inputs are images, folders and tensor streams; standard \
      input is a stream, an image, or a list of paths, as its first bytes say. Without -o a stream \
      goes to standard output. See cg-apply(1).
      """,
    version: ToolVersion.text("cg-apply"))

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The generator: a weights file, checkpoint, .pth or folder of a run.", valueName: "file"))
  var weights: FilePath

  @Option(help: "Which of the two generators of a checkpoint or folder.")
  var direction: Word<Direction>?

  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Messages") var report: ReportOptions
  @OptionGroup(title: "Threads") var threads: ThreadOptions
  @OptionGroup(title: "Generator") var generator: GeneratorOptions

  static func main() { Tool.main(Apply.self) }

  func run() throws {
    Kernels.threads = threads.computing
    let weights = try generator.file(weights, direction?.value)
    try FilterRun(tool: "cg-apply", input, report, threads).run(
      to: output, prerequisites: [weights],
      computing: { () throws(ToolError) in
        let generator = try self.generator.generator(weights, direction: direction?.value)
        return Computation(isForOneCore: generator.sharesCores) { try generator($0) }
      })
  }
}

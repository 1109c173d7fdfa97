import ArgumentParser
import CycleGAN

/// Checks how far pictures land from themselves on the way there and back again.
@main
struct Cycle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cg-cycle",
    abstract: "Check how far F(G(x)) lands from x.",
    usage: "cg-cycle -w WEIGHTS -W WEIGHTS [OPTION]... [INPUT]...",
    discussion: """
      cg-cycle -w gen_AB.bin -W gen_BA.bin photos > cycle.tsv
      cg-cycle -w gen_AB.bin -W gen_BA.bin --min-psnr 20 -o sheets/ photos
      cg-prep --resize 256x256 photos | cg-cycle -w gen_AB.bin -W gen_BA.bin
      cg-cycle -w run/checkpoints/00005000.ckpt photos

      Prints a row for every picture, then the mean and the worst: L1 on -1...1, PSNR in dB and \
      SSIM of F(G(x)) against x, and the same with G(x) rounded to 8 bits in between. A limit makes \
      it a check with exit status 1. See cg-cycle(1).
      """,
    version: ToolVersion.text("cg-cycle"))

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "G, the generator that goes there: weights, a checkpoint or .pth.", valueName: "file"))
  var weights: FilePath

  @Option(
    name: [.customShort("W"), .customLong("weights-back")],
    help: ArgumentHelp(
      "F, the generator that comes back; a checkpoint given with -w has both.", valueName: "file"))
  var weightsBack: FilePath?

  @Option(help: "Which way a checkpoint's cycle starts; AB unless given.")
  var direction: Word<Direction>?

  @OptionGroup(title: "Limits of the check") var limits: CheckOptions
  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Messages") var report: ReportOptions
  @OptionGroup(title: "Threads") var threads: ThreadOptions
  @OptionGroup(title: "What the weights do not say") var generator: GeneratorOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write contact sheets x | G(x) | F(G(x)) to this folder.", valueName: "dir"))
  var output: FilePath?

  static func main() { Tool.main(Cycle.self) }

  func run() throws {
    let pictures = PictureRun(
      tool: "cg-cycle", input: input, report: report, jobs: threads.loadingAndSaving)
    Kernels.threads = threads.computing
    let table = CycleTable(limits, Diagnostics(tool: "cg-cycle"))
    let sheets = output.map { FolderOutput($0, format: .png) }
    try pictures.run(
      computing: { () throws(ToolError) in
        let roundtrip = try roundtrip()
        return Computation(isSmall: roundtrip.sharesCores) { try roundtrip($0) }
      },
      saving: { result, place in
        let row = CycleRow(result)
        let sheet = try sheets?.prepare(result.sheet, place)
        return { () throws(ToolError) in
          try sheet?()
          try table.add(row, place)
        }
      },
      finishing: table.finish, into: sheets)
    try table.check()
  }

  private func roundtrip() throws(ToolError) -> Roundtrip {
    guard let weightsBack else {
      let both = try generator.generators(ofCheckpoint: weights, from: direction?.value ?? .AB)
      return Roundtrip(there: both.0, back: both.1)
    }
    let there = direction?.value ?? .AB
    return Roundtrip(
      there: try generator.generator(weights, inCheckpoint: there),
      back: try generator.generator(weightsBack, inCheckpoint: there == .AB ? .BA : .AB))
  }
}

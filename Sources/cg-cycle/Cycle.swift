import ArgumentParser
import CycleGAN

/// Checks the cycle-reconstruction error of images.
@main
struct CycleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cg-cycle",
    abstract: "Check the reconstruction error of F(G(x)) against x.",
    usage: "cg-cycle -w WEIGHTS -W WEIGHTS [OPTION]... [INPUT]...",
    discussion: """
      cg-cycle -w gen_AB.bin -W gen_BA.bin photos > cycle.tsv
      cg-cycle -w gen_AB.bin -W gen_BA.bin --min-psnr 20 -o sheets/ photos
      cg-prep --resize 256x256 photos | cg-cycle -w gen_AB.bin -W gen_BA.bin
      cg-cycle -w run photos

      Prints a row for every image, then the mean and the worst: L1 on -1...1, PSNR in dB and \
      SSIM of F(G(x)) against x, and the same with G(x) rounded to 8 bits in between. A limit makes \
      it a check with exit status 1. See cg-cycle(1).
      """,
    version: ToolVersion.text("cg-cycle"))

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "G, the first generator: weights, a checkpoint, .pth or folder of a run.", valueName: "file"))
  var weights: FilePath

  @Option(
    name: [.customShort("W"), .customLong("weights-back")],
    help: ArgumentHelp(
      "F, the second generator; a checkpoint or folder given with -w has both.", valueName: "file"))
  var weightsBack: FilePath?

  @Option(help: "Direction of the first generator in a checkpoint or folder; AB unless given.")
  var direction: Word<Direction>?

  @OptionGroup(title: "Limits of the check") var limits: CheckOptions
  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Messages") var report: ReportOptions
  @OptionGroup(title: "Threads") var threads: ThreadOptions
  @OptionGroup(title: "Generator") var generator: GeneratorOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write contact sheets x | G(x) | F(G(x)) to this folder.", valueName: "dir"),
    completion: .directory)
  var output: FilePath?

  @Option(help: NameTemplate.help)
  var outputTemplate: NameTemplate?

  static func main() { Tool.main(CycleCommand.self) }

  func validate() throws {
    guard outputTemplate == nil || output != nil else {
      throw ValidationError("--output-template names contact sheets: it needs -o FOLDER")
    }
  }

  func run() throws {
    Kernels.threads = threads.computing
    let table = CycleTable(limits, Diagnostics(tool: "cg-cycle"))
    try FilterRun(tool: "cg-cycle", input, report, threads).run(
      prerequisites: [weights] + (weightsBack.map { [$0] } ?? []), folder: output,
      writesFiles: output != nil,
      computing: { () throws(ToolError) in
        let cycle = try cycle()
        return Computation(isForOneCore: cycle.sharesCores) { try cycle($0) }
      },
      into: { _, images, protected throws(ToolError) in
        let sheets = output.map {
          FolderSink($0, names: outputTemplate, format: .png, protected: protected)
        }
        try sheets?.plan(images)
        return CycleSink(table: table, sheets: sheets)
      })
    try table.check()
  }

  private func cycle() throws(ToolError) -> Cycle {
    guard let weightsBack else {
      let both = try generator.generators(ofCheckpoint: weights, from: direction?.value ?? .AB)
      return Cycle(forward: both.0, backward: both.1)
    }
    let both = try generator.generators(weights, back: weightsBack, from: direction?.value)
    return Cycle(forward: both.0, backward: both.1)
  }
}

/// A row of the table for every image, and a contact sheet where they are wanted.
private struct CycleSink: Sink {
  let table: CycleTable
  let sheets: FolderSink?

  var makesFiles: Bool { sheets != nil }

  func prepare(
    _ result: Reconstruction, _ identity: Input.Identity
  ) throws -> @Sendable () throws(ToolError) -> Void {
    let row = try CycleRow(result)
    let sheet = try sheets?.prepare(try result.sheet(), identity)
    return { () throws(ToolError) in
      try sheet?()
      try table.add(row, identity)
    }
  }

  func finish(isWhole: Bool) throws(ToolError) { try table.finish() }
}

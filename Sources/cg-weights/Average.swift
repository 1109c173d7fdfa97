import ArgumentParser
import CycleGAN

/// Averages the weights of several files.
struct Average: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Average the weights of several files of one network.",
    discussion: """
      cg-weights average run/checkpoints/*.ckpt --direction AB -o gen_AB.bin
      cg-weights average a.bin b.bin c.pth -o mean.bin

      Every number is the mean of the files'. The last checkpoints of a run together are often \
      smoother than any of them.
      """)

  @Argument(
    help: ArgumentHelp("Two or more weights files, checkpoints or .pth files.", valueName: "file"))
  var files: [FilePath]

  @OptionGroup var output: OutputFile
  @OptionGroup var choice: NetworkChoice

  func validate() throws {
    guard files.count >= 2 else { throw ValidationError("give two files or more") }
  }

  func run() throws {
    try output.requireNoTerminal()
    var average = WeightsAverage()
    var kind: RecognizedNetwork?
    for path in files {
      let file = try ReadFile(path)
      let (network, weights) = try choice.network(of: file, allowNonfinite: false)
      kind = kind ?? network
      do throws(WeightsError) { try average.add(weights) } catch {
        throw ToolError(file.name, error)
      }
    }
    guard let kind, var mean = average.mean() else { return }
    mean.metadata.merge(kind.metadata) { own, _ in own }
    mean.metadata["averaged"] = String(files.count)
    mean.metadata["tool"] = "cg-weights \(cycleGANVersion)"
    try output.write(mean.safetensors)
  }
}

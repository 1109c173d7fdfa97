import ArgumentParser
import CycleGAN

/// Averages the weights of several files.
struct Average: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Average the weights of several files of one network.",
    discussion: """
      cg-weights average run/checkpoints/*.ckpt --direction AB -o gen_AB.bin
      cg-weights average a.bin b.bin c.pth -o mean.bin

      Every value of the output is the mean of the files' values. The average of a run's last \
      checkpoints often has less noise than each of them.
      """)

  @Argument(
    help: ArgumentHelp("Two or more weights files, checkpoints or .pth files.", valueName: "file"))
  var files: [FilePath]

  @OptionGroup var output: OutputFile
  @OptionGroup var choice: NetworkChoice

  func validate() throws {
    guard files.count >= 2 else { throw ValidationError("give two files or more") }
    try output.requireWeights("average")
  }

  func run() throws {
    try output.require(reading: files)
    var average = WeightsAverage()
    var first: RecognizedNetwork?
    for path in files {
      let file = try choice.read(path)
      var (network, weights) = try choice.network(of: file, allowNonfinite: nil)
      choice.identify(&weights, of: network, from: path)
      do throws(WeightsError) {
        try network.requireSame(as: first ?? network)
        try average.add(weights)
      } catch {
        throw ToolError(file.name, error)
      }
      first = first ?? network
    }
    guard let first, var mean = try mean(of: average) else { return }
    mean.metadata.merge(first.metadata) { own, _ in own }
    mean.metadata["averaged"] = String(files.count)
    mean.metadata["tool"] = "cg-weights \(cycleGANVersion)"
    try output.write(mean.safetensors)
  }
}

extension Average {
  private func mean(of average: WeightsAverage) throws(ToolError) -> WeightsFile? {
    do throws(WeightsError) { return try average.mean() } catch {
      throw ToolError("the average", error)
    }
  }
}

extension RecognizedNetwork {
  /// Refuses another network than the first file's, before tensors are compared one by one.
  fileprivate func requireSame(as first: RecognizedNetwork) throws(WeightsError) {
    guard kind == first.kind else {
      throw .unrecognized("it is a \(kind), the first file a \(first.kind)")
    }
    let (own, others) = (metadata, first.metadata)
    let points = Set(own.keys).union(others.keys).sorted().filter { own[$0] != others[$0] }
      // The tensors don't show a U-Net's dropout.
      .filter { $0 != "dropout" || own["netG"]?.hasPrefix("resnet") ?? false }
      .map { "its \($0) is \(own[$0] ?? "unknown"), the first file's \(others[$0] ?? "unknown")" }
    guard points.isEmpty else { throw .contradictions(points) }
  }
}

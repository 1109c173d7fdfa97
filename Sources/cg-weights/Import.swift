import ArgumentParser
import CycleGAN

/// Converts a network that another program saved to a weights file.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convert a network that PyTorch saved to a weights file.",
    discussion: """
      cg-weights import latest_net_G_A.pth -o gen_AB.bin
      cg-weights import horse2zebra.pth -o gen_AB.bin --direction AB
      cg-weights import all.pth --entry netD_A -o disc_B.bin --domain B

      Reads files of torch.save of any version and safetensors files. The state dict may be inside \
      other dictionaries. The architecture is inferred from the tensors' names and shapes. Nothing \
      in the file is executed. The official netD_A judges images of B. See cg-weights(5).
      """)

  @OptionGroup var input: Operand
  @OptionGroup var output: OutputFile

  @OptionGroup var choice: NetworkChoice

  @Flag(help: "Accept NaN and infinite values.")
  var allowNonfinite = false

  func validate() throws { try output.requireWeights("import") }

  func run() throws {
    try output.require(reading: [input.path])
    let read = try choice.read(input.path)
    var (network, weights) = try choice.network(of: read, allowNonfinite: allowNonfinite)
    let known = network.metadata.merging(["tool": "cg-weights \(cycleGANVersion)"]) { $1 }
    weights.metadata.merge(known) { own, _ in own }
    choice.identify(&weights, of: network, from: input.path)
    try output.write(weights.safetensors)
  }
}

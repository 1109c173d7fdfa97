import ArgumentParser
import CycleGAN

/// Makes a weights file of a network that another program saved.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a weights file of what PyTorch saved.",
    discussion: """
      cg-weights import latest_net_G_A.pth -o gen_AB.bin
      cg-weights import horse2zebra.pth -o gen_AB.bin --direction AB
      cg-weights import all.pth --entry netD_A -o disc_B.bin --domain B

      Takes both containers of torch.save and safetensors files, a state dict by itself or within \
      others. Kind, depth, widths, channels, norm and dropout are read off the tensors. Nothing in \
      the file is run. The official netD_A judges images of B. See cg-weights(5).
      """)

  @OptionGroup var input: Operand
  @OptionGroup var output: OutputFile

  @OptionGroup var choice: NetworkChoice

  @Flag(help: "Accept weights that are NaN or infinite.")
  var allowNonfinite = false

  func validate() throws { try output.requireWeights("import") }

  func run() throws {
    try output.requireNoTerminal()
    let read = try choice.read(input.path)
    var (network, weights) = try choice.network(of: read, allowNonfinite: allowNonfinite)
    let known = network.metadata.merging(["tool": "cg-weights \(cycleGANVersion)"]) { $1 }
    weights.metadata.merge(known) { own, _ in own }
    choice.place(&weights, of: network, from: input.path)
    try output.write(weights.safetensors)
  }
}

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

  @Argument(help: ArgumentHelp("What PyTorch saved; - is standard input.", valueName: "file"))
  var file: FilePath

  @OptionGroup var output: OutputFile

  @Option(
    help: ArgumentHelp(
      "Of several networks the one under this key, or whose names begin with it.",
      valueName: "name"))
  var entry: String?

  @OptionGroup var choice: NetworkChoice

  @Flag(help: "Accept weights that are NaN or infinite.")
  var allowNonfinite = false

  func run() throws {
    try output.requireNoTerminal()
    let read = try ReadFile(file, entry: entry)
    var (network, weights) = try choice.network(of: read, allowNonfinite: allowNonfinite)
    let known = network.metadata.merging(["tool": "cg-weights \(cycleGANVersion)"]) { $1 }
    weights.metadata.merge(known) { own, _ in own }
    if let role = role(of: network, weights) {
      weights.metadata["role"] = role.rawValue
      weights.metadata[role.place.key] = role.place.value
    }
    try output.write(weights.safetensors)
  }

  /// What the user says, or a name of the official code's.
  private func role(of network: RecognizedNetwork, _ weights: WeightsFile) -> NetworkRole? {
    if let role = choice.role { return role }
    guard weights.place == nil, entry == nil, let role = NetworkRole(officialFile: file) else {
      return nil
    }
    return role.isGenerator == network.isGenerator ? role : nil
  }
}

import ArgumentParser
import CycleGAN

/// Converts a network to a format of other programs.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convert a network for PyTorch, ONNX Runtime or safetensors.",
    discussion: """
      cg-weights export gen_AB.bin -o latest_net_G_A.pth
      cg-weights export gen_AB.bin -o gen.onnx
      cg-weights export run/checkpoints/00005000.ckpt --direction BA -o gen_BA.safetensors
      cg-weights export all.pth --entry netG_A -o gen.onnx

      The extension of the output selects the format: .pth or .pt, .onnx, .safetensors or .bin. \
      The official code's netG_A is gen_AB.bin, netD_A is disc_B.bin. See cg-weights(5).
      """)

  @OptionGroup var input: Operand
  @OptionGroup var output: OutputFile

  @Option(help: "Format of the output (default: by its extension).")
  var format: Word<WeightsFormat>?

  @Flag(inversion: .prefixedNo, help: "Write the metadata, too.")
  var metadata = true

  @OptionGroup var choice: NetworkChoice

  @Flag(help: "Accept NaN and infinite values.")
  var allowNonfinite = false

  func validate() throws {
    guard format == nil, WeightsFormat(output.output) == nil else { return }
    throw ValidationError(
      "\(output.output): the extension does not say the format; add --format "
        + Word<WeightsFormat>.choices)
  }

  func run() throws {
    try output.require(reading: [input.path])
    let read = try choice.read(input.path)
    var (network, weights) = try choice.network(of: read, allowNonfinite: allowNonfinite)
    let format = format?.value ?? WeightsFormat(output.output) ?? .safetensors
    if format == .onnx { weights.metadata.merge(network.metadata) { own, _ in own } }
    if !metadata { weights.metadata = [:] }
    try output.write(try content(format, weights, network, read.name))
  }

  private func content(
    _ format: WeightsFormat, _ weights: WeightsFile, _ network: RecognizedNetwork, _ name: String
  ) throws(ToolError) -> FileContent {
    do throws(WeightsError) {
      if format == .safetensors, !metadata { return weights.bareSafetensors }
      return try weights.content(format, of: network, version: cycleGANVersion)
    } catch {
      guard format == .pth, case .tooLarge = error else { throw ToolError(name, error) }
      throw ToolError(.badData, "\(name): \(error); use --format legacy")
    }
  }
}

extension Word {
  /// All words in a row.
  fileprivate static var choices: String { allValueStrings.joined(separator: ", ") }
}

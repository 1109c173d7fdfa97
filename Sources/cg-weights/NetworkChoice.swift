import ArgumentParser
import CycleGAN

/// Which of the four networks a file is about, or which one of a checkpoint to take.
struct NetworkChoice: ParsableArguments {
  @Option(help: "The generator: of a checkpoint's, or what this one is.")
  var direction: Word<Direction>?

  @Option(help: "The discriminator: of a checkpoint's, or whose images this one judges.")
  var domain: Word<Domain>?

  @Option(help: "How a generator gets back to the whole size, where the file doesn't say it.")
  var upsample: Word<GeneratorArchitecture.Upsampling>?

  func validate() throws {
    guard direction == nil || domain == nil else {
      throw ValidationError("--direction is of a generator, --domain of a discriminator")
    }
  }

  /// What the user said.
  var role: NetworkRole? { direction?.value.generator ?? domain?.value.discriminator }

  /// Takes one network.
  ///
  /// - Parameters:
  ///   - file: One network, or a checkpoint.
  ///   - allowNonfinite: Whether NaN and infinity pass.
  /// - Returns: What it is, and its tensors in its order with the file's metadata.
  /// - Throws: `ToolError` with every point that is wrong.
  func network(
    of file: ReadFile, allowNonfinite: Bool
  ) throws(ToolError) -> (kind: RecognizedNetwork, weights: WeightsFile) {
    let weights = try chosen(file)
    do throws(WeightsError) {
      let network = try RecognizedNetwork(
        weights, overrides: ArchitectureOverrides(upsampling: upsample?.value))
      try requireAgreement(network, weights)
      let fitted = try weights.fitted(to: network.description, allowNonfinite: allowNonfinite)
      return (network, fitted)
    } catch {
      throw ToolError(file.name, error)
    }
  }

  private func chosen(_ file: ReadFile) throws(ToolError) -> WeightsFile {
    guard !file.weights.roles.isEmpty else { return file.weights }
    guard let role else {
      throw ToolError(
        .usage,
        "\(file.name): a checkpoint holds several networks; choose one with --direction or --domain"
      )
    }
    guard let network = file.weights.network(role) else {
      throw ToolError(.badData, "\(file.name): this checkpoint has no \(role.rawValue)")
    }
    return network
  }

  /// Refuses a network that is another than the user says.
  private func requireAgreement(
    _ network: RecognizedNetwork, _ weights: WeightsFile
  ) throws(WeightsError) {
    guard let role else { return }
    guard role.isGenerator == network.isGenerator else {
      throw .unrecognized("this is a \(network.kind), not \(role.rawValue)")
    }
    let (key, value) = role.place
    guard let own = weights.metadata[key], own != value else { return }
    throw .unrecognized(
      "this \(network.kind)'s \(key) is \(escaped(Array(own.utf8))), not \(value)")
  }
}

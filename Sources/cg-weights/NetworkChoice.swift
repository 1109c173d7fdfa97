import ArgumentParser
import CycleGAN

/// Which of the four networks a file is about, or which one of a checkpoint to take.
struct NetworkChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Of several networks the one under this key, or whose names begin with it.",
      valueName: "name"))
  var entry: String?

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

  /// Reads a file, if by names and shapes it can hold what is wanted.
  ///
  /// - Parameter path: A path, or `-`.
  /// - Returns: All that it holds, or the one network under `entry`.
  /// - Throws: `ToolError` with every point that is wrong; no number of another file is read.
  func read(_ path: FilePath) throws(ToolError) -> ReadFile {
    try ReadFile(path, entry: entry) { outline throws(WeightsError) in
      // Of a checkpoint one is chosen when it was read.
      guard outline.roles.isEmpty else { return }
      let network = try RecognizedNetwork(outline, overrides: overrides)
      try requireAgreement(network, outline.metadata)
      let differences = outline.differences(from: network.description)
      guard differences.isEmpty else { throw .differences(differences) }
    }
  }

  private var overrides: ArchitectureOverrides {
    ArchitectureOverrides(upsampling: upsample?.value)
  }

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
      let network = try RecognizedNetwork(weights, overrides: overrides)
      try requireAgreement(network, weights.metadata)
      let fitted = try weights.fitted(to: network.description, allowNonfinite: allowNonfinite)
      return (network, fitted)
    } catch {
      throw ToolError(file.name, error)
    }
  }

  /// Adds to the metadata which of the four networks this is, where the user says it, or a name of the
  /// official code's.
  ///
  /// - Parameters:
  ///   - weights: One network's tensors.
  ///   - network: What they are.
  ///   - path: The file that they are from.
  func place(_ weights: inout WeightsFile, of network: RecognizedNetwork, from path: FilePath) {
    var role = role
    if role == nil, weights.place == nil, entry == nil,
      let official = NetworkRole(officialFile: path), official.isGenerator == network.isGenerator
    {
      role = official
    }
    guard let role else { return }
    weights.metadata["role"] = role.rawValue
    weights.metadata[role.place.key] = role.place.value
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
    _ network: RecognizedNetwork, _ metadata: [String: String]
  ) throws(WeightsError) {
    guard let role else { return }
    guard role.isGenerator == network.isGenerator else {
      throw .unrecognized("this is a \(network.kind), not \(role.rawValue)")
    }
    let (key, value) = role.place
    guard let own = metadata[key], own != value else { return }
    throw .unrecognized(
      "this \(network.kind)'s \(key) is \(escaped(Array(own.utf8))), not \(value)")
  }
}

import ArgumentParser
import CycleGAN

/// Which network of a file to take, and what the user knows about it.
struct NetworkChoice: ParsableArguments {
  /// The help of `--entry`.
  static let entryHelp = ArgumentHelp(
    "Network to take from a file of several: its key, or the prefix of its tensors' names.",
    valueName: "name")

  @Option(help: entryHelp)
  var entry: String?

  @Option(help: "Direction of the generator; of a checkpoint, the one to take.")
  var direction: Word<Direction>?

  @Option(help: "Domain that the discriminator judges; of a checkpoint, the one to take.")
  var domain: Word<Domain>?

  @Option(help: "Upsampling of the generator, where the file doesn't state it.")
  var upsample: Word<GeneratorArchitecture.Upsampling>?

  func validate() throws {
    guard direction == nil || domain == nil else {
      throw ValidationError("--direction is of a generator, --domain of a discriminator")
    }
  }

  /// The network that the user names.
  var role: NetworkRole? { direction?.value.generator ?? domain?.value.discriminator }

  /// Reads a file if its names and shapes are those of a network.
  ///
  /// - Parameter path: A path, or `-`.
  /// - Returns: All tensors, or those of the network `entry`.
  /// - Throws: `ToolError` with every point that is wrong, before any element is read.
  func read(_ path: FilePath) throws(ToolError) -> ReadFile {
    try ReadFile(path, entry: entry, role: role) { outline throws(WeightsError) in
      // The network of a checkpoint is chosen after reading.
      guard outline.roles.isEmpty else { return }
      let network = try WeightsError.wrapping { () throws(ArchitectureError) in
        try RecognizedNetwork(outline, overrides: overrides)
      }
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
  ///   - allowNonfinite: Whether NaN and infinity pass; nil for a subcommand without the option.
  /// - Returns: What it is, and its tensors in its order with the file's metadata.
  /// - Throws: `ToolError` with every point that is wrong.
  func network(
    of file: ReadFile, allowNonfinite: Bool?
  ) throws(ToolError) -> (kind: RecognizedNetwork, weights: WeightsFile) {
    let weights = try chosen(file)
    do throws(WeightsError) {
      let network = try RecognizedNetwork(weights, overrides: overrides)
      try requireAgreement(network, weights.metadata)
      let fitted = try weights.fitted(
        to: network.description, allowNonfinite: allowNonfinite ?? false)
      return (network, fitted)
    } catch {
      throw ToolError(file.name, error, allowNonfinite: allowNonfinite != nil)
    }
  }

  /// Adds to the metadata which of the four networks this is, where an option or the official code's
  /// file name says it.
  ///
  /// - Parameters:
  ///   - weights: One network's tensors.
  ///   - network: What they are.
  ///   - path: The file that they are from.
  func identify(_ weights: inout WeightsFile, of network: RecognizedNetwork, from path: FilePath) {
    var role = role
    if role == nil, weights.identity == nil, entry == nil,
      let official = NetworkRole(officialFile: path), official.isGenerator == network.isGenerator
    {
      role = official
    }
    guard let role else { return }
    weights.metadata["role"] = role.rawValue
    weights.metadata[role.metadataEntry.key] = role.metadataEntry.value
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

  /// Refuses a network that is not the one that the user names.
  private func requireAgreement(
    _ network: RecognizedNetwork, _ metadata: [String: String]
  ) throws(WeightsError) {
    guard let role else { return }
    guard role.isGenerator == network.isGenerator else {
      throw .unrecognized("this is a \(network.kind), not \(role.rawValue)")
    }
    let (key, value) = role.metadataEntry
    guard let own = metadata[key], own != value else { return }
    throw .unrecognized(
      "this \(network.kind)'s \(key) is \(escaped(Array(own.utf8))), not \(value)")
  }
}

extension WeightsFile {
  /// Says which tensors have NaN or infinite values.
  ///
  /// - Parameter tensors: Of any network, or of none.
  /// - Returns: A sentence for each of them.
  static func nonfinitePoints(_ tensors: [NamedTensor]) -> [String] {
    do throws(WeightsError) { try WeightsFile(tensors: tensors).requireFinite() } catch {
      return error.points
    }
    return []
  }

  /// A generator's direction or a discriminator's domain, in its metadata.
  var identity: (key: String, value: String)? {
    ["direction", "domain"].compactMap { key in metadata[key].map { (key, $0) } }.first
  }

  /// The tensors of a checkpoint that belong to no network: optimizers, image pools, random state.
  var besides: [NamedTensor] {
    tensors.filter { tensor in
      !NetworkRole.allCases.contains { tensor.name.hasPrefix($0.rawValue + "/") }
    }
  }
}

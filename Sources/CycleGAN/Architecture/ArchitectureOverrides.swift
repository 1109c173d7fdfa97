/// What the user says about a network whose weights file does not say it.
///
/// Where the tensors or the metadata say something else, the file is refused.
public struct ArchitectureOverrides: Sendable, Equatable {
  /// The official `--netG`.
  public var kind: GeneratorArchitecture.Kind?
  /// The official `--ngf`.
  public var width: Int?
  /// The official `--norm`.
  public var norm: Norm?
  /// The opposite of the official `--no_dropout`.
  public var dropout: Bool?
  /// How it gets back to the whole size: `--upsample`.
  public var upsampling: GeneratorArchitecture.Upsampling?
  /// The official `--input_nc`.
  public var inputChannels: Int?
  /// The official `--output_nc`.
  public var outputChannels: Int?

  /// Overrides nothing, or what is given.
  ///
  /// - Parameters:
  ///   - kind: Family and depth.
  ///   - width: Channels after the first convolution.
  ///   - norm: How activations are normalised.
  ///   - dropout: Whether the network was trained with dropout.
  ///   - upsampling: How it gets back to the whole size.
  ///   - inputChannels: Channels of the domain it reads.
  ///   - outputChannels: Channels of the domain it writes.
  public init(
    kind: GeneratorArchitecture.Kind? = nil, width: Int? = nil, norm: Norm? = nil,
    dropout: Bool? = nil, upsampling: GeneratorArchitecture.Upsampling? = nil,
    inputChannels: Int? = nil, outputChannels: Int? = nil
  ) {
    self.kind = kind
    self.width = width
    self.norm = norm
    self.dropout = dropout
    self.upsampling = upsampling
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
  }
}

/// One property of a network, and what each source says about it.
struct Evidence<Value: Equatable> {
  let name: String
  let tensors: Value?
  var metadata: Value?
  var option: Value?

  /// The value all sources agree on.
  ///
  /// - Parameter contradictions: Gains a sentence where two sources disagree.
  /// - Returns: The first source's value; nil where none has one.
  func settled(_ contradictions: inout [String]) -> Value? {
    let found = [("tensors", tensors), ("metadata", metadata), ("options", option)]
      .compactMap { source, value in value.map { (source, $0) } }
    guard let first = found.first else { return nil }
    for other in found.dropFirst() where other.1 != first.1 {
      contradictions.append(
        "\(name): the \(other.0) say \(other.1), the \(first.0) say \(first.1)")
    }
    return first.1
  }
}

extension StateDictOutline {
  /// Reads a property from the metadata.
  ///
  /// - Parameters:
  ///   - key: The official option's word.
  ///   - contradictions: Gains a sentence where the text makes no sense.
  ///   - parse: Reads the text.
  /// - Returns: The value; nil where there is none or it makes no sense.
  func property<Value>(
    _ key: String, _ contradictions: inout [String], _ parse: (String) -> Value?
  ) -> Value? {
    guard let text = metadata[key] else { return nil }
    if let value = parse(text) { return value }
    let shown = escaped(Array(text.utf8.prefix(200)))
    contradictions.append("\(key): the metadata say \"\(shown)\", which no network has")
    return nil
  }

  /// Which norm the tensors around a convolution show.
  ///
  /// - Parameters:
  ///   - norm: The prefix of the norm's tensors.
  ///   - convolution: The prefix of the tensors of a convolution whose bias depends on the norm.
  /// - Returns: Batch where there are parameters and statistics, instance where there is a bias.
  /// - Throws: `ArchitectureError.unsupported` for a bias and parameters together, which no norm of the
  ///   official code has had since 2018.
  func norm(named norm: String, after convolution: String) throws(ArchitectureError) -> Norm {
    let names = shapes
    let (hasBias, hasWeight) = (
      names[convolution + ".bias"] != nil, names[norm + ".weight"] != nil
    )
    guard !hasBias || !hasWeight else {
      throw .unsupported(
        "its instance norms have weights of their own (affine), as in the official code of 2017; "
          + "neither these tools nor the official code of today have such networks")
    }
    if hasWeight, names[norm + ".running_mean"] != nil { return .batch }
    return hasBias ? .instance : .none
  }

  /// Refuses convolutions whose weights are not saved as such, and antialiased sampling.
  ///
  /// - Throws: `ArchitectureError.unsupported` with what to do in PyTorch.
  func requirePlainConvolutions() throws(ArchitectureError) {
    let names = tensors.map(\.name)
    if names.contains(where: { $0.hasSuffix(".filt") }) {
      throw .unsupported(
        "it has filt buffers, the antialiased sampling of CUT's networks, which is not supported; "
          + "CUT trains without it by --no_antialias --no_antialias_up")
    }
    if names.contains(where: { $0.hasSuffix(".weight_orig") }) {
      throw .unsupported(
        "it has spectral norm; call torch.nn.utils.remove_spectral_norm and save again")
    }
    if names.contains(where: { $0.hasSuffix(".parametrizations.weight.original") }) {
      throw .unsupported(
        "it has spectral norm or another parametrization; call "
          + "torch.nn.utils.parametrize.remove_parametrizations and save again")
    }
  }
}

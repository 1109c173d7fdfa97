import CycleGAN

/// What there is to tell about one network.
struct NetworkSummary {
  /// Generator, discriminator, or nil where it is neither.
  let kind: String?
  /// The architecture in the official options' words.
  let words: [(key: String, value: String)]
  /// How many numbers are learned.
  let parameterCount: Int?
  /// Why the architecture is not known.
  let problems: [String]
  /// The metadata that the words don't tell.
  let metadata: [(key: String, value: String)]
  /// How many tensors there are, and how many of each type, the commonest first.
  let tensors: (count: Int, types: [(word: String, count: Int)])
  /// Tensors with NaN or infinity.
  let notFinite: [String]

  /// Summarises a network.
  ///
  /// - Parameter weights: Its tensors.
  init(_ weights: WeightsFile) {
    do throws(WeightsError) {
      let network = try RecognizedNetwork(weights)
      (kind, words) = (network.kind, Self.words(network, weights))
      (parameterCount, problems) = (network.description.parameterCount, [])
    } catch {
      (kind, words, parameterCount, problems) = (nil, [], nil, error.points)
    }
    metadata = weights.metadata.filter { !Self.told.contains($0.key) }
      .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    tensors = (weights.tensors.count, Self.types(weights))
    notFinite = Self.notFinite(weights.tensors)
  }

  /// The official options' words, in the order in which they are told.
  private static let order = [
    "netG", "ngf", "netD", "n_layers_D", "ndf", "norm", "dropout", "upsample", "input_nc",
    "output_nc",
  ]
  private static let told = Set(order + ["role", "direction", "domain"])

  private static func words(
    _ network: RecognizedNetwork, _ weights: WeightsFile
  ) -> [(key: String, value: String)] {
    var words = network.metadata
    if case .generator(let architecture) = network, case .unet = architecture.kind,
      weights.metadata["dropout"] == nil
    {
      words["dropout"] = "unknown, which makes no difference to cg-apply"
    }
    return order.compactMap { key in words[key].map { (key, $0) } }
  }

  private static func types(_ weights: WeightsFile) -> [(word: String, count: Int)] {
    Dictionary(grouping: weights.tensors) { weights.type(of: $0) }
      .map { ($0.key, $0.value.count) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  /// Names the tensors that have NaN or infinity.
  static func notFinite(_ tensors: [NamedTensor]) -> [String] {
    do throws(WeightsError) { try WeightsFile(tensors: tensors).requireFinite() } catch {
      return error.points
    }
    return []
  }
}

extension WeightsFile {
  /// A generator's direction or a discriminator's domain, in its metadata.
  var place: (key: String, value: String)? {
    ["direction", "domain"].compactMap { key in metadata[key].map { (key, $0) } }.first
  }

  /// What a file calls the type of a tensor's elements.
  func type(of tensor: NamedTensor) -> String {
    storedTypes[tensor.name] ?? tensor.elements.typeWord
  }

  /// The tensors of a checkpoint that belong to no network: optimizers, pools, random numbers.
  var besides: [NamedTensor] {
    tensors.filter { tensor in
      !NetworkRole.allCases.contains { tensor.name.hasPrefix($0.rawValue + "/") }
    }
  }
}

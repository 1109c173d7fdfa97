/// A file of named tensors and metadata.
///
/// On disk it is a safetensors file, whatever its extension; files of `torch.save` are read as well.
/// A network's tensors have the names and shapes of the official state dict, so that Python's
/// `safetensors.torch.load_file` and the official networks read it, and the other way round. A
/// checkpoint holds four networks, each under its name and a slash: `generatorAB/model.1.weight`.
public struct WeightsFile: Sendable, Equatable {
  /// What is known about the tensors, text to text.
  public var metadata: [String: String]
  /// The tensors, in the order of the file.
  public var tensors: [NamedTensor]
  /// The checksum that was stored in the file and found right; nil where the file had none.
  package internal(set) var checksum: UInt32?
  /// Whether the file had checksums of all its numbers, which were right.
  package internal(set) var isChecked = false
  /// How the file kept the tensors.
  package internal(set) var container = WeightsContainer.safetensors
  /// What the file calls the type of each tensor's elements, such as `BF16`; empty where there is no
  /// file.
  package internal(set) var storedTypes: [String: String] = [:]

  /// Keys of the dictionaries that the tensors come from, where `torch.save` kept several networks.
  var entries: [String] = []

  /// Gathers tensors.
  ///
  /// - Parameters:
  ///   - metadata: What is known about the tensors.
  ///   - tensors: The tensors; every name once.
  public init(metadata: [String: String] = [:], tensors: [NamedTensor]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Finds a tensor.
  ///
  /// - Parameter name: The whole name.
  public subscript(name: String) -> NamedTensor? { tensors.first { $0.name == name } }

  /// Whether this holds several networks, as a checkpoint does.
  public var roles: [NetworkRole] { names.roles }

  /// The names, and what can be told from them.
  var names: TensorNames { TensorNames(tensors.map(\.name), entries: entries) }

  /// What is known without the numbers.
  public var outline: StateDictOutline {
    StateDictOutline(
      metadata: metadata,
      tensors: tensors.map {
        .init(name: $0.name, shape: $0.shape, hasIntegers: $0.elements.type.isInteger)
      }, entries: entries)
  }

  /// The networks that another program keeps together in this file, by what it calls them; empty
  /// where there is one or none.
  public var networks: [(name: String, weights: WeightsFile)] {
    let (names, found) = (names, names.networks)
    return found.count < 2 ? [] : found.map { ($0, removing(prefix: names.prefix(ofNetwork: $0))) }
  }

  /// The tensors whose names begin with a prefix, without it.
  func removing(prefix: String) -> WeightsFile {
    var result = self
    (result.tensors, result.storedTypes, result.entries) = ([], [:], [])
    for var tensor in tensors where tensor.name.hasPrefix(prefix) {
      let type = storedTypes[tensor.name]
      tensor.name.removeFirst(prefix.count)
      result.storedTypes[tensor.name] = type
      result.tensors.append(tensor)
    }
    return result
  }

  /// Takes one network out of a checkpoint.
  ///
  /// - Parameter role: Which one.
  /// - Returns: Its tensors under the official names, with the checkpoint's metadata; nil where the
  ///   file doesn't hold it.
  public func network(_ role: NetworkRole) -> WeightsFile? {
    let prefix = role.rawValue + "/"
    let own = tensors.filter { $0.name.hasPrefix(prefix) }.map { tensor in
      var tensor = tensor
      tensor.name.removeFirst(prefix.count)
      return tensor
    }
    guard !own.isEmpty else { return nil }
    var result = WeightsFile(metadata: metadata.filter { !$0.key.contains("/") }, tensors: own)
    for (key, value) in metadata where key.hasPrefix(prefix) {
      result.metadata[String(key.dropFirst(prefix.count))] = value
    }
    return result
  }

  /// Adds a network's name as a prefix to its tensors and metadata, for a checkpoint.
  ///
  /// - Parameter role: Which network this is.
  /// - Returns: The same tensors under longer names.
  package func prefixed(_ role: NetworkRole) -> WeightsFile {
    let prefix = role.rawValue + "/"
    let pairs = metadata.map { (prefix + $0.key, $0.value) }
    return WeightsFile(
      metadata: Dictionary(uniqueKeysWithValues: pairs),
      tensors: tensors.map { tensor in
        var tensor = tensor
        tensor.name = prefix + tensor.name
        return tensor
      })
  }
}

extension WeightsFile {
  /// Makes the tensors exactly those of a network.
  ///
  /// Accepted and repaired: a prefix of all names, such as `module.`; running statistics that old files
  /// have for an instance norm, which ignores them; a missing `num_batches_tracked`.
  ///
  /// - Parameters:
  ///   - network: What the tensors should be.
  ///   - allowNonfinite: Whether NaN and infinity pass.
  /// - Returns: The network's tensors, in the network's order.
  /// - Throws: `WeightsError.differences` with every tensor that is missing, left over, or of another
  ///   shape; `WeightsError.notFinite` with every tensor that has such a value, and its index.
  public func fitted(
    to network: NetworkDescription, allowNonfinite: Bool = false
  ) throws(WeightsError) -> WeightsFile {
    let differences = outline.differences(from: network)
    guard differences.isEmpty else { throw .differences(differences) }
    let known = unwrapped().byName
    var result = WeightsFile(metadata: metadata, tensors: [])
    result.tensors = network.parameters.map { parameter in
      // Only a batch norm's counter may be missing.
      known[parameter.name] ?? NamedTensor(parameter.name, shape: [], .int64([0]))
    }
    if !allowNonfinite { try result.requireFinite() }
    return result
  }

  /// Refuses NaN and infinity.
  ///
  /// - Throws: `WeightsError.notFinite` naming every tensor that has one, and where.
  package func requireFinite() throws(WeightsError) {
    let points = tensors.compactMap { tensor in
      tensor.notFinite.map { found in
        "\(tensor.printableName) has \(found.count) NaN or infinite values, the first at "
          + "\(tensor.position(of: found.first))"
      }
    }
    guard points.isEmpty else { throw .notFinite(points) }
  }

  /// The one network that there is, without the prefix of its names and without tensors beside it.
  func unwrapped() -> WeightsFile {
    let prefix = names.prefixOfOnlyNetwork
    return prefix.isEmpty ? self : removing(prefix: prefix)
  }

  var byName: [String: NamedTensor] {
    Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension NamedTensor {
  /// The index in each dimension of an element.
  ///
  /// - Parameter offset: Its index in C order.
  /// - Returns: Outermost first.
  fileprivate func position(of offset: Int) -> [Int] {
    var rest = offset
    let reversed = shape.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }
    return reversed.reversed()
  }
}

extension RecognizedNetwork {
  /// Infers the kind and the architecture of a network.
  ///
  /// - Parameters:
  ///   - weights: One network's tensors.
  ///   - overrides: What the user says about a generator.
  /// - Throws: `WeightsError.architecture`.
  package init(
    _ weights: WeightsFile, overrides: ArchitectureOverrides = .init()
  ) throws(WeightsError) {
    self = try WeightsError.wrapping { () throws(ArchitectureError) in
      try RecognizedNetwork(weights.outline, overrides: overrides)
    }
  }
}

extension GeneratorArchitecture {
  /// Infers the architecture of a generator.
  ///
  /// - Parameters:
  ///   - weights: One network's tensors.
  ///   - overrides: What the user says.
  /// - Throws: `WeightsError.architecture`.
  public init(
    inferringFrom weights: WeightsFile, overrides: ArchitectureOverrides = .init()
  ) throws(WeightsError) {
    self = try WeightsError.wrapping { () throws(ArchitectureError) in
      try GeneratorArchitecture(inferringFrom: weights.outline, overrides: overrides)
    }
  }
}

extension DiscriminatorArchitecture {
  /// Infers the architecture of a discriminator.
  ///
  /// - Parameter weights: One network's tensors.
  /// - Throws: `WeightsError.architecture`.
  package init(inferringFrom weights: WeightsFile) throws(WeightsError) {
    self = try WeightsError.wrapping { () throws(ArchitectureError) in
      try DiscriminatorArchitecture(inferringFrom: weights.outline)
    }
  }
}

/// A state dict without its elements: names, shapes and metadata, from which an architecture is
/// inferred.
public struct StateDictOutline: Sendable, Equatable {
  /// A tensor without its elements.
  struct Tensor: Sendable, Equatable {
    var name: String
    /// Extents, outermost first.
    let shape: [Int]
    /// Whether its elements are integers.
    let hasIntegers: Bool

    /// The name in one line that cannot disturb a terminal or forge a message.
    var printableName: String { escaped(Array(name.utf8)) }
  }

  /// What the file says about the tensors, text to text.
  package let metadata: [String: String]
  /// In the order of the file.
  let tensors: [Tensor]
  /// Keys of the dictionaries that `torch.save` kept several networks in.
  private let entries: [String]

  /// Gathers descriptions.
  init(metadata: [String: String], tensors: [Tensor], entries: [String] = []) {
    (self.metadata, self.tensors, self.entries) = (metadata, tensors, entries)
  }

  /// The names, and what can be told from them.
  var names: TensorNames { TensorNames(tensors.map(\.name), entries: entries) }

  /// The networks of a checkpoint of a run; empty for anything else.
  package var roles: [NetworkRole] { names.roles }

  /// The one network that there is, without the prefix of its names and without tensors beside it.
  func unwrapped() -> StateDictOutline {
    let prefix = names.prefixOfOnlyNetwork
    return prefix.isEmpty ? self : removing(prefix: prefix)
  }

  /// The tensors whose names begin with a prefix, without the prefix.
  func removing(prefix: String) -> StateDictOutline {
    StateDictOutline(
      metadata: metadata,
      tensors: tensors.filter { $0.name.hasPrefix(prefix) }.map { tensor in
        var tensor = tensor
        tensor.name.removeFirst(prefix.count)
        return tensor
      })
  }

  var shapes: [String: [Int]] { byName.mapValues(\.shape) }

  private var byName: [String: Tensor] {
    Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Compares the tensors with a network's.
  ///
  /// - Parameter network: What they should be.
  /// - Returns: A sentence for each difference; none where only names have a prefix, old statistics of
  ///   instance norms are left over, or a batch norm's counter is missing.
  package func differences(from network: NetworkDescription) -> [String] {
    let unwrapped = unwrapped()
    var unused = unwrapped.byName
    for name in network.oldStatistics { unused[name] = nil }
    var differences = network.parameters.compactMap { parameter in
      guard let tensor = unused.removeValue(forKey: parameter.name) else {
        return parameter.role == .batchesTracked
          ? nil : "\(parameter.name) is missing, \(parameter.shape)"
      }
      return tensor.difference(from: parameter)
    }
    // In the file's order, so that the same file gives the same message.
    for tensor in unwrapped.tensors where unused[tensor.name] != nil {
      differences.append("\(tensor.printableName) is left over, \(tensor.shape)")
    }
    return differences
  }
}

extension StateDictOutline.Tensor {
  fileprivate func difference(from parameter: ParameterDescription) -> String? {
    guard shape == parameter.shape else {
      return "\(name) is \(shape), not \(parameter.shape)"
    }
    guard parameter.role != .batchesTracked, hasIntegers else { return nil }
    return "\(name) holds integers"
  }
}

extension NetworkDescription {
  /// The names of statistics that old files keep for norms that have none.
  fileprivate var oldStatistics: [String] {
    layers.flatMap(\.statelessNorms).flatMap { name in
      ["running_mean", "running_var", "num_batches_tracked"].map { name + "." + $0 }
    }
  }
}

extension Layer {
  /// The names of norms that have no parameters and no statistics.
  fileprivate var statelessNorms: [String] {
    switch self {
    case .norm(.instance, let name, _): [name]
    case .residual(let layers), .skip(let layers): layers.flatMap(\.statelessNorms)
    default: []
    }
  }
}

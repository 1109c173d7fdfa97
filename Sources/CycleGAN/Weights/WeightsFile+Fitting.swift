extension WeightsFile {
  /// Makes the tensors exactly those of a network.
  ///
  /// Accepted and repaired: a `module.` or `_orig_mod.` in front of every name, running statistics
  /// that old files keep for an instance norm (which ignores them), a missing `num_batches_tracked`.
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
    var unused = unwrapped().byName
    for name in network.layers.flatMap(\.statelessNorms) {
      for statistic in ["running_mean", "running_var", "num_batches_tracked"] {
        unused[name + "." + statistic] = nil
      }
    }
    var result = WeightsFile(metadata: metadata, tensors: [])
    var differences: [String] = []
    for parameter in network.parameters {
      guard let tensor = unused.removeValue(forKey: parameter.name) else {
        if parameter.role == .batchesTracked {
          result.tensors.append(NamedTensor(parameter.name, shape: [], .int64([0])))
        } else {
          differences.append("\(parameter.name) is missing, \(parameter.shape)")
        }
        continue
      }
      if let difference = tensor.difference(from: parameter) { differences.append(difference) }
      result.tensors.append(tensor)
    }
    // In the file's order, so that the same file gives the same message.
    for tensor in unwrapped().tensors where unused[tensor.name] != nil {
      differences.append("\(tensor.printableName) is left over, \(tensor.shape)")
    }
    guard differences.isEmpty else { throw .differences(differences) }
    if !allowNonfinite { try result.requireFinite() }
    return result
  }

  /// Refuses NaN and infinity.
  ///
  /// - Throws: `WeightsError.notFinite` naming every tensor that has one, and where.
  public func requireFinite() throws(WeightsError) {
    let points = tensors.compactMap { tensor in
      tensor.notFinite.map { found in
        "\(tensor.printableName) has \(found.count) NaN or infinite values, the first at "
          + "\(tensor.position(of: found.first))"
      }
    }
    guard points.isEmpty else { throw .notFinite(points) }
  }

  /// Takes a wrapper's name off the tensors where all of them have it.
  func unwrapped() -> WeightsFile {
    for prefix in ["module.", "_orig_mod."]
    where !tensors.isEmpty && tensors.allSatisfy({ $0.name.hasPrefix(prefix) }) {
      var result = self
      for i in result.tensors.indices { result.tensors[i].name.removeFirst(prefix.count) }
      return result.unwrapped()
    }
    return self
  }

  var byName: [String: NamedTensor] {
    Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension NamedTensor {
  fileprivate func difference(from parameter: ParameterDescription) -> String? {
    guard shape == parameter.shape else {
      return "\(name) is \(shape), not \(parameter.shape)"
    }
    guard parameter.role != .batchesTracked, integers != nil else { return nil }
    return "\(name) holds integers"
  }

  /// Turns a place in C order into an index per dimension.
  fileprivate func position(of offset: Int) -> [Int] {
    var rest = offset
    let reversed = shape.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }
    return reversed.reversed()
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

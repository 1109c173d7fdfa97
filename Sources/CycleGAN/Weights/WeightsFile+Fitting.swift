extension WeightsFile {
  /// Makes the tensors exactly those of a network.
  ///
  /// Accepted and repaired: a name in front of every name, such as `module.`, running statistics
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
  public func requireFinite() throws(WeightsError) {
    let points = tensors.compactMap { tensor in
      tensor.notFinite.map { found in
        "\(tensor.printableName) has \(found.count) NaN or infinite values, the first at "
          + "\(tensor.position(of: found.first))"
      }
    }
    guard points.isEmpty else { throw .notFinite(points) }
  }

  /// Leaves aside what belongs to no network where there is one, and what stands in front of its names.
  func unwrapped() -> WeightsFile {
    let prefix = names.prefixOfOnlyNetwork
    return prefix.isEmpty ? self : behind(prefix)
  }

  var byName: [String: NamedTensor] {
    Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension NamedTensor {
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

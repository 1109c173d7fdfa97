import CycleGAN

extension ReadFile {
  /// What `show --json` prints about a file: an object on a line.
  ///
  /// - Parameter verbose: Whether every tensor is listed.
  /// - Returns: Members that are not known are left out.
  func json(verbose: Bool) -> JSON {
    var members: [(String, JSON)] = [
      ("file", .string(name)), ("container", .string(weights.container.rawValue)),
      ("bytes", .integer(byteCount)), ("crc32", .string(hexadecimal(crc32))),
      ("checked", .bool(weights.isChecked)),
    ]
    if !weights.roles.isEmpty {
      members += checkpointMembers
    } else if !weights.networks.isEmpty {
      let networks = weights.networks.map {
        ($0.name, JSON.object(NetworkSummary($0.weights).members))
      }
      members += [("kind", .string("networks")), ("networks", .object(networks))]
    } else {
      members += NetworkSummary(weights).members
      members += weights.place.map { [($0.key, .string($0.value))] } ?? []
    }
    if verbose {
      members.append(
        ("tensors", .array(weights.tensors.map { $0.json(type: weights.type(of: $0)) })))
    }
    return .object(members)
  }

  private var checkpointMembers: [(String, JSON)] {
    let metadata = weights.metadata.filter { !$0.key.contains("/") }.sorted { $0.key < $1.key }
    let networks = weights.roles.map { role in
      (role.rawValue, JSON.object(weights.network(role).map { NetworkSummary($0).members } ?? []))
    }
    return [
      ("kind", .string("checkpoint")),
      ("metadata", .object(metadata.map { ($0.key, .string($0.value)) })),
      ("networks", .object(networks)), ("besides", .integer(weights.besides.count)),
    ]
  }
}

extension NetworkSummary {
  /// Numbers as numbers where the official option takes one.
  fileprivate var members: [(String, JSON)] {
    var members: [(String, JSON)] = [("kind", kind.map { .string($0) } ?? .null)]
    members += words.map { key, value in
      (key, Int(value).map { .integer($0) } ?? Bool(value).map { .bool($0) } ?? .string(value))
    }
    if let parameterCount { members.append(("parameters", .integer(parameterCount))) }
    members += [
      ("count", .integer(tensors.count)),
      ("types", .object(tensors.types.map { ($0.word, .integer($0.count)) })),
      ("finite", .bool(notFinite.isEmpty)),
      ("problems", .array((problems + notFinite).map { .string($0) })),
      ("metadata", .object(metadata.map { ($0.key, .string($0.value)) })),
    ]
    return members
  }
}

extension NamedTensor {
  /// A tensor's line in a table, as an object.
  fileprivate func json(type: String) -> JSON {
    let statistics = TensorStatistics(self)
    return .object([
      ("name", .string(name)), ("type", .string(type)),
      ("shape", .array(shape.map { .integer($0) })),
      ("min", statistics.least), ("max", statistics.largest), ("mean", statistics.mean),
    ])
  }
}

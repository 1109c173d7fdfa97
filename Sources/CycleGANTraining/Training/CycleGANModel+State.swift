import CycleGAN

extension CycleGANModel {
  /// The parameters and running statistics of one network, under their official names.
  ///
  /// - Parameter role: Which.
  /// - Returns: A weights file that knows the architecture.
  /// - Throws: `TorchError` if the device fails.
  public func weights(of role: NetworkRole) throws(TorchError) -> WeightsFile {
    let network = network(role)
    var weights = WeightsFile(metadata: options.metadata(of: role), tensors: [])
    for parameter in network.description.parameters {
      let tensor = try network.tensor(parameter.name)
      let elements: NamedTensor.Elements =
        parameter.role == .batchesTracked
        ? .int64(try tensor.elements(of: Int64.self)) : .float32(try tensor.values())
      weights.tensors.append(NamedTensor(parameter.name, shape: parameter.shape, elements))
    }
    return weights
  }

  /// Replaces the parameters and running statistics of one network.
  ///
  /// - Parameters:
  ///   - weights: The network's tensors, in any order; see `WeightsFile.fitted(to:)`.
  ///   - role: Which network.
  /// - Throws: `WeightsError` if they do not fit, `TorchError` if the device fails.
  public func load(_ weights: WeightsFile, into role: NetworkRole) throws {
    let network = network(role)
    let fitted = try weights.fitted(to: network.description)
    for (parameter, tensor) in zip(network.description.parameters, fitted.tensors) {
      let own = try network.tensor(parameter.name)
      if parameter.role == .batchesTracked {
        try own.write(tensor.integers ?? tensor.values.map { Int64($0) })
      } else {
        try own.write(tensor.values)
      }
    }
  }

  /// Everything that the next steps depend on, so that they come out the same bit for bit on a CPU
  /// with as many threads.
  ///
  /// - Returns: Four networks (`generatorAB/model.1.weight`), both optimizers, both pools, the
  ///   sources of random numbers and the learning rate.
  /// - Throws: `TorchError` if the device fails.
  public func state() throws(TorchError) -> WeightsFile {
    var state = WeightsFile(tensors: [])
    for role in NetworkRole.allCases {
      let network = try weights(of: role).prefixed(role)
      state.metadata.merge(network.metadata) { first, _ in first }
      state.tensors += network.tensors
    }
    state.tensors += try generatorOptimizer.tensors(prefix: "generatorOptimizer/")
    state.tensors += try discriminatorOptimizer.tensors(prefix: "discriminatorOptimizer/")
    state.tensors += try poolA.tensors(prefix: "poolA/") + poolB.tensors(prefix: "poolB/")
    let deviceState = try deviceRandom.state()
    state.tensors += [
      NamedTensor("random/device", shape: [deviceState.count], .uint8(deviceState)),
      NamedTensor("random/host", words: random.state),
      NamedTensor("learningRate", words: [learningRate.bitPattern]),
    ]
    return state
  }

  /// Continues where `state()` was taken.
  ///
  /// - Parameter state: From a model with the same options on the same kind of device.
  /// - Throws: `WeightsError` if something is missing or does not fit, `TorchError` if the device
  ///   fails; the model is then of no use.
  public func restore(_ state: WeightsFile) throws {
    for role in NetworkRole.allCases {
      guard let network = state.network(role) else {
        throw WeightsError.unrecognized("the checkpoint has no \(role.rawValue)")
      }
      try load(network, into: role)
    }
    let state = StateReader(state)
    try generatorOptimizer.restore(state, prefix: "generatorOptimizer/")
    try discriminatorOptimizer.restore(state, prefix: "discriminatorOptimizer/")
    let capacity = options.poolSize
    poolA = try HistoryPool(capacity: capacity, state, prefix: "poolA/", device: device)
    poolB = try HistoryPool(capacity: capacity, state, prefix: "poolB/", device: device)
    random = RandomSource(state: try state.words("random/host", count: 4))
    learningRate = Double(bitPattern: try state.words("learningRate", count: 1)[0])
    try deviceRandom.restore(try state.bytes("random/device"))
  }
}

extension ModelOptions {
  /// The metadata of one network's weights file.
  fileprivate func metadata(of role: NetworkRole) -> [String: String] {
    switch role {
    case .generatorAB: generatorAB.metadata
    case .generatorBA: generatorBA.metadata
    case .discriminatorA: discriminatorA.metadata
    case .discriminatorB: discriminatorB.metadata
    }
  }
}

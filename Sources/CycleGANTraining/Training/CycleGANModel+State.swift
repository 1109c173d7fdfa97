import CycleGAN

extension CycleGANModel {
  /// The parameters and running statistics of one network, under their official names.
  ///
  /// - Parameter role: Which.
  /// - Returns: A weights file that knows the architecture.
  /// - Throws: `TorchError` if the device fails.
  public func weights(of role: NetworkRole) throws(TorchError) -> WeightsFile {
    try network(role).weights(metadata: options.metadata(of: role))
  }

  /// The running mean of a generator, as a network of its own.
  ///
  /// - Parameter role: Which.
  /// - Returns: A weights file that knows the architecture; nil for a discriminator, and where no
  ///   means are kept.
  /// - Throws: `TorchError` if the device fails.
  public func averageWeights(of role: NetworkRole) throws(TorchError) -> WeightsFile? {
    guard let averages, let network = averages.network(role) else { return nil }
    var metadata = options.metadata(of: role)
    metadata["ema"] = String(averages.decay)
    return try network.weights(metadata: metadata)
  }

  /// Replaces the parameters and running statistics of one network; its running mean begins anew.
  ///
  /// - Parameters:
  ///   - weights: The network's tensors, in any order; see `WeightsFile.fitted(to:)`.
  ///   - role: Which network.
  /// - Throws: `WeightsError` if they do not fit, `TorchError` if the device fails.
  public func load(_ weights: WeightsFile, into role: NetworkRole) throws {
    try network(role).load(weights)
    try averages?.begin(role, network(role))
  }

  /// Everything that the next steps depend on, so that they come out the same bit for bit on a CPU
  /// with as many threads.
  ///
  /// - Returns: Four networks (`generatorAB/model.1.weight`), the means of both generators
  ///   (`generatorAB.ema/model.1.weight`), both optimizers, both pools, the sources of random
  ///   numbers and the learning rate.
  /// - Throws: `TorchError` if the device fails.
  public func state() throws(TorchError) -> WeightsFile {
    var state = WeightsFile(tensors: [])
    for role in NetworkRole.allCases {
      let network = try weights(of: role).prefixed(role)
      state.metadata.merge(network.metadata) { first, _ in first }
      state.tensors += network.tensors
    }
    for role in NetworkRole.allCases {
      guard let mean = try averageWeights(of: role) else { continue }
      state.tensors += mean.tensors.map { $0.renamed(role.averagePrefix + $0.name) }
    }
    state.tensors += try generatorOptimizer.tensors(prefix: "generatorOptimizer/")
    state.tensors += try discriminatorOptimizer.tensors(prefix: "discriminatorOptimizer/")
    state.tensors += try poolA.tensors(prefix: "poolA/") + poolB.tensors(prefix: "poolB/")
    state.metadata["device"] = device.kind
    let deviceState = try deviceRandom.state()
    state.tensors += [
      NamedTensor("random/device", shape: [deviceState.count], .uint8(deviceState)),
      NamedTensor("random/host", words: random.state),
      NamedTensor("learningRate", words: [learningRate.bitPattern]),
    ]
    if !options.augmentations.isEmpty {
      state.tensors.append(NamedTensor("random/augmentation", words: augmentationRandom.state))
    }
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
      guard let mean = averages?.network(role) else { continue }
      let prefix = role.averagePrefix
      try mean.load(
        WeightsFile(
          tensors: state.tensors.filter { $0.name.hasPrefix(prefix) }
            .map { $0.renamed(String($0.name.dropFirst(prefix.count))) }))
    }
    // Another kind of device draws dropout in its own way, which cannot go on from this one's.
    let isSameKind = state.metadata["device"].map { $0 == device.kind } ?? true
    let state = StateReader(state)
    try generatorOptimizer.restore(state, prefix: "generatorOptimizer/")
    try discriminatorOptimizer.restore(state, prefix: "discriminatorOptimizer/")
    let capacity = options.poolSize
    poolA = try HistoryPool(capacity: capacity, state, prefix: "poolA/", device: device)
    poolB = try HistoryPool(capacity: capacity, state, prefix: "poolB/", device: device)
    random = RandomSource(state: try state.words("random/host", count: 4))
    if !options.augmentations.isEmpty {
      augmentationRandom = RandomSource(state: try state.words("random/augmentation", count: 4))
    }
    learningRate = Double(bitPattern: try state.words("learningRate", count: 1)[0])
    guard isSameKind else { return try deviceRandom.restart(seed: random.next()) }
    try deviceRandom.restore(try state.bytes("random/device"))
  }
}

extension ModelOptions {
  /// The metadata of one network's weights file.
  func metadata(of role: NetworkRole) -> [String: String] {
    switch role {
    case .generatorAB: generatorAB.metadata
    case .generatorBA: generatorBA.metadata
    case .discriminatorA: discriminatorA.metadata
    case .discriminatorB: discriminatorB.metadata
    }
  }
}

extension NetworkRole {
  /// What a checkpoint puts in front of the names of a generator's mean.
  fileprivate var averagePrefix: String { rawValue + ".ema/" }
}

extension NamedTensor {
  fileprivate func renamed(_ name: String) -> NamedTensor {
    var tensor = self
    tensor.name = name
    return tensor
  }
}

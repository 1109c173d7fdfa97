import CycleGAN

extension CycleGANModel {
  /// The parameters and running statistics of one network, under their official names.
  ///
  /// - Parameter role: Which.
  /// - Returns: A weights file that knows the architecture.
  /// - Throws: `TorchError` if the device fails.
  package func weights(of role: NetworkRole) throws(TorchError) -> WeightsFile {
    try network(role).weights(metadata: options.metadata(of: role))
  }

  /// The EMA of a generator, as a network of its own.
  ///
  /// - Parameter role: Which.
  /// - Returns: A weights file that knows the architecture; nil for a discriminator, and where there is
  ///   no EMA.
  /// - Throws: `TorchError` if the device fails.
  package func emaWeights(of role: NetworkRole) throws(TorchError) -> WeightsFile? {
    guard let ema, let network = ema.network(role) else { return nil }
    var metadata = options.metadata(of: role)
    metadata["ema"] = String(ema.decay)
    return try network.weights(metadata: metadata)
  }

  /// Replaces the parameters and running statistics of one network, and resets its EMA.
  ///
  /// - Parameters:
  ///   - weights: The network's tensors, in any order; see `WeightsFile.fitted(to:)`.
  ///   - role: Which network.
  /// - Throws: `WeightsError` if they do not fit, `TorchError` if the device fails.
  package func load(_ weights: WeightsFile, into role: NetworkRole) throws {
    try network(role).load(weights)
    try ema?.reset(role, to: network(role))
  }

  /// Everything that the next steps depend on, so that they come out the same bit for bit on a CPU
  /// with any number of threads.
  ///
  /// - Returns: Four networks (`generatorAB/model.1.weight`), the EMA of both generators
  ///   (`generatorAB.ema/model.1.weight`), both optimizers, both pools, the sources of random
  ///   numbers and the learning rate.
  /// - Throws: `TorchError` if the device fails.
  package func state() throws(TorchError) -> WeightsFile {
    var state = WeightsFile(tensors: [])
    for role in NetworkRole.allCases {
      let network = try weights(of: role).prefixed(role)
      state.metadata.merge(network.metadata) { first, _ in first }
      state.tensors += network.tensors
    }
    for role in NetworkRole.allCases {
      guard let average = try emaWeights(of: role) else { continue }
      state.tensors += average.tensors.map { $0.renamed(role.emaPrefix + $0.name) }
    }
    state.tensors += try generatorOptimizer.tensors(prefix: "generatorOptimizer/")
    state.tensors += try discriminatorOptimizer.tensors(prefix: "discriminatorOptimizer/")
    state.tensors += try poolA.tensors(prefix: "poolA/") + poolB.tensors(prefix: "poolB/")
    state.metadata["device"] = device.kind
    let deviceState = try deviceRandom.state()
    state.tensors += [
      NamedTensor("random/device", shape: [deviceState.count], .uint8(Buffer(deviceState))),
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
  package func restore(_ state: WeightsFile) throws {
    for role in NetworkRole.allCases {
      guard let network = state.network(role) else {
        throw WeightsError.unrecognized("the checkpoint has no \(role.rawValue)")
      }
      try load(network, into: role)
      guard let average = ema?.network(role) else { continue }
      let prefix = role.emaPrefix
      try average.load(
        WeightsFile(
          tensors: state.tensors.filter { $0.name.hasPrefix(prefix) }
            .map { $0.renamed(String($0.name.dropFirst(prefix.count))) }))
    }
    // Another kind of device draws dropout in its own way, which cannot be continued from this one's.
    let isSameKind = state.metadata["device"].map { $0 == device.kind } ?? true
    let state = StateReader(state)
    try generatorOptimizer.restore(state, prefix: "generatorOptimizer/")
    try discriminatorOptimizer.restore(state, prefix: "discriminatorOptimizer/")
    let capacity = options.poolSize
    poolA = try ImagePool(capacity: capacity, state, prefix: "poolA/", device: device)
    poolB = try ImagePool(capacity: capacity, state, prefix: "poolB/", device: device)
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
  /// What a checkpoint puts in front of the names of a generator's EMA.
  fileprivate var emaPrefix: String { rawValue + ".ema/" }
}

extension NamedTensor {
  fileprivate func renamed(_ name: String) -> NamedTensor {
    var tensor = self
    tensor.name = name
    return tensor
  }
}

/// Finds a checkpoint's tensors by name, and refuses what does not fit.
private struct StateReader {
  private let tensors: [String: NamedTensor]

  init(_ state: WeightsFile) {
    tensors = Dictionary(
      state.tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether there is a tensor of this name.
  func has(_ name: String) -> Bool { tensors[name] != nil }

  /// A tensor of any shape.
  func tensor(_ name: String) throws(WeightsError) -> NamedTensor {
    guard let tensor = tensors[name] else {
      throw .unrecognized("the checkpoint has no \(name)")
    }
    return tensor
  }

  /// Values of a known shape.
  func values(_ name: String, shape: [Int]) throws(WeightsError) -> Buffer<Float> {
    let tensor = try tensor(name)
    guard tensor.shape == shape else {
      throw .differences(["\(name) is \(tensor.shape), not \(shape)"])
    }
    return try WeightsError.allocating(try tensor.values)
  }

  /// A known number of 64-bit words.
  func words(_ name: String, count: Int) throws(WeightsError) -> [UInt64] {
    guard case .int64(let integers) = try tensor(name).elements, integers.count == count else {
      throw .differences(["\(name) does not hold \(count) 64-bit integers"])
    }
    return integers.map { UInt64(bitPattern: $0) }
  }

  /// Opaque bytes.
  func bytes(_ name: String) throws(WeightsError) -> [UInt8] {
    guard case .uint8(let bytes) = try tensor(name).elements else {
      throw .differences(["\(name) does not hold bytes"])
    }
    return Array(bytes)
  }
}

extension NamedTensor {
  /// Wraps 64-bit words, which a safetensors file holds as signed integers of the same bits.
  fileprivate init(_ name: String, words: [UInt64]) {
    self.init(name, shape: [words.count], .int64(Buffer(words.map { Int64(bitPattern: $0) })))
  }
}

extension Adam {
  /// Moments and step counts, for a checkpoint.
  fileprivate func tensors(prefix: String) throws(TorchError) -> [NamedTensor] {
    let steps = self.steps
    var tensors = [NamedTensor(prefix + "steps", shape: [steps.count], .int64(Buffer(steps)))]
    for i in steps.indices {
      for squared in [false, true] {
        let moment = try moment(i, squared: squared)
        tensors.append(
          NamedTensor(
            momentName(prefix, i, squared), shape: moment.shape, values: try moment.values()))
      }
    }
    return tensors
  }

  /// Takes moments and step counts from a checkpoint.
  fileprivate func restore(_ state: StateReader, prefix: String) throws {
    let count = steps.count
    steps = try state.words(prefix + "steps", count: count).map { Int64(bitPattern: $0) }
    for i in 0..<count {
      for squared in [false, true] {
        let moment = try moment(i, squared: squared)
        try moment.write(
          try state.values(momentName(prefix, i, squared), shape: moment.shape))
      }
    }
  }

  private func momentName(_ prefix: String, _ index: Int, _ squared: Bool) -> String {
    "\(prefix)\(parameterNames[index])/\(squared ? "squares" : "means")"
  }
}

extension ImagePool {
  /// The pool's images, for a checkpoint.
  fileprivate func tensors(prefix: String) throws(TorchError) -> [NamedTensor] {
    var tensors: [NamedTensor] = []
    for (i, image) in images.enumerated() {
      tensors.append(
        NamedTensor("\(prefix)\(i)", shape: image.shape, values: try image.values()))
    }
    return tensors
  }

  /// Takes images from a checkpoint, as many as it has and the capacity allows.
  fileprivate init(capacity: Int, _ state: StateReader, prefix: String, device: Device) throws {
    var images: [Tensor] = []
    while images.count < capacity, state.has("\(prefix)\(images.count)") {
      let image = try state.tensor("\(prefix)\(images.count)")
      images.append(try Tensor(Array(try image.values), shape: image.shape, device: device))
    }
    self.init(capacity: capacity, images: images)
  }
}

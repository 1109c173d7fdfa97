import CycleGAN

/// Finds a checkpoint's tensors by name, and refuses what does not fit.
struct StateReader {
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

  /// Numbers of a known shape.
  func values(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
    let tensor = try tensor(name)
    guard tensor.shape == shape else {
      throw .differences(["\(name) is \(tensor.shape), not \(shape)"])
    }
    return tensor.values
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
    return bytes
  }
}

extension NamedTensor {
  /// Wraps 64-bit words, which a safetensors file holds as signed integers of the same bits.
  init(_ name: String, words: [UInt64]) {
    self.init(name, shape: [words.count], .int64(words.map { Int64(bitPattern: $0) }))
  }
}

extension Adam {
  /// Moments and step counts, for a checkpoint.
  func tensors(prefix: String) throws(TorchError) -> [NamedTensor] {
    let steps = self.steps
    var tensors = [NamedTensor(prefix + "steps", shape: [steps.count], .int64(steps))]
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
  func restore(_ state: StateReader, prefix: String) throws {
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

extension HistoryPool {
  /// The pool's images, for a checkpoint.
  func tensors(prefix: String) throws(TorchError) -> [NamedTensor] {
    var tensors: [NamedTensor] = []
    for (i, image) in images.enumerated() {
      tensors.append(
        NamedTensor("\(prefix)\(i)", shape: image.shape, values: try image.values()))
    }
    return tensors
  }

  /// Takes images from a checkpoint, as many as it has and the capacity allows.
  init(capacity: Int, _ state: StateReader, prefix: String, device: Device) throws {
    var images: [Tensor] = []
    while images.count < capacity, state.has("\(prefix)\(images.count)") {
      let image = try state.tensor("\(prefix)\(images.count)")
      images.append(try Tensor(image.values, shape: image.shape, device: device))
    }
    self.init(capacity: capacity, images: images)
  }
}

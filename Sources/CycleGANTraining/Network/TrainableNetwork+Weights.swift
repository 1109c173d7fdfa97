import CycleGAN

extension TrainableNetwork {
  /// The parameters and running statistics, under their official names.
  ///
  /// - Parameter metadata: What is known about them.
  /// - Returns: A weights file.
  /// - Throws: `TorchError` if the device fails.
  func weights(metadata: [String: String]) throws(TorchError) -> WeightsFile {
    var weights = WeightsFile(metadata: metadata, tensors: [])
    for parameter in description.parameters {
      let tensor = try tensor(parameter.name)
      let elements: NamedTensor.Elements =
        parameter.role == .batchesTracked
        ? .int64(try tensor.elements(of: Int64.self)) : .float32(try tensor.values())
      weights.tensors.append(NamedTensor(parameter.name, shape: parameter.shape, elements))
    }
    return weights
  }

  /// Replaces the parameters and running statistics.
  ///
  /// - Parameter weights: The network's tensors, in any order; see `WeightsFile.fitted(to:)`.
  /// - Throws: `WeightsError` if they do not fit, `TorchError` if the device fails.
  func load(_ weights: WeightsFile) throws {
    let fitted = try weights.fitted(to: description)
    for (parameter, tensor) in zip(description.parameters, fitted.tensors) {
      let own = try self.tensor(parameter.name)
      if parameter.role == .batchesTracked {
        // A count beyond every integer is none.
        try own.write(tensor.integers ?? tensor.values.map { Int64(exactly: $0.rounded()) ?? 0 })
      } else {
        try own.write(tensor.values)
      }
    }
  }
}

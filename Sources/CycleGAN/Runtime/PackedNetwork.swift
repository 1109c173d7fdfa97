import CKernels

/// A network's kernels with their weights packed, by the names of its layers.
///
/// Several threads may run it: it does not change once it is made, and its kernels lock what they
/// keep by size.
final class PackedNetwork: @unchecked Sendable {
  let description: NetworkDescription
  let stages: [NetworkStage]
  private let precision: Precision
  private(set) var convolutions: [String: ConvolutionKernel] = [:]
  /// Of the batch norms; those of an instance norm come from each image.
  private(set) var norms: [String: NormValues] = [:]

  /// Copies weights into the order that the kernels want.
  ///
  /// - Parameters:
  ///   - description: The layers.
  ///   - weights: Tensors that fit them, as `WeightsFile.fitted` gives them.
  ///   - precision: Arithmetic of the convolutions.
  /// - Throws: `GeneratorError` if memory is short or oneDNN cannot do a layer.
  init(
    _ description: NetworkDescription, weights: WeightsFile, precision: Precision
  ) throws(GeneratorError) {
    self.description = description
    self.precision = precision
    stages = description.stages
    try add(stages, weights.byName)
  }

  private func add(
    _ stages: [NetworkStage], _ tensors: [String: NamedTensor]
  ) throws(GeneratorError) {
    for stage in stages {
      switch stage {
      case .convolution(let convolution, let context): try add(convolution, context, tensors)
      case .prologue(let prologue):
        guard let norm = prologue.norm, norm.kind == .batch else { continue }
        norms[norm.name] = try NormValues(batchNorm: norm, tensors)
      case .residual(let inner, _), .skip(let inner): try add(inner, tensors)
      case .nearestUpsampling, .tanh, .dropout: continue
      }
    }
  }

  private func add(
    _ convolution: Convolution, _ context: NetworkStage.ConvolutionContext,
    _ tensors: [String: NamedTensor]
  ) throws(GeneratorError) {
    guard let weight = tensors[convolution.name + ".weight"] else {
      preconditionFailure("weights do not fit \(convolution.name)")
    }
    // An instance norm takes a bias before it out again.
    let hasBias = convolution.bias && !context.isInstanceNormalized
    let bias = hasBias ? tensors[convolution.name + ".bias"] : nil
    let values = try GeneratorError.allocating(try weight.values)
    let biases = try bias.map { bias throws(GeneratorError) in
      try GeneratorError.allocating(try bias.values)
    }
    convolutions[convolution.name] = try values.withUnsafeBufferPointer {
      values throws(GeneratorError) in
      guard let biases else {
        return try ConvolutionKernel(
          convolution, context, weight: values, bias: nil, precision: precision)
      }
      return try biases.withUnsafeBufferPointer { biases throws(GeneratorError) in
        try ConvolutionKernel(
          convolution, context, weight: values, bias: biases, precision: precision)
      }
    }
  }
}

extension NormValues {
  /// Folds a batch norm's running statistics and its scale and shift into one map.
  fileprivate convenience init(
    batchNorm norm: NetworkStage.ChannelNorm, _ tensors: [String: NamedTensor]
  ) throws(GeneratorError) {
    try self.init(channels: norm.channels, hasShift: true)
    let name = norm.name
    func values(_ key: String) throws(GeneratorError) -> Buffer<Float> {
      guard let tensor = tensors["\(name).\(key)"] else {
        preconditionFailure("weights do not fit \(name)")
      }
      return try GeneratorError.allocating(try tensor.values)
    }
    let (weight, bias) = (try values("weight"), try values("bias"))
    let (runningMean, runningVariance) = (try values("running_mean"), try values("running_var"))
    guard let shift else { preconditionFailure("a batch norm has a shift") }
    for channel in 0..<norm.channels {
      mean[channel] = runningMean[channel]
      let deviation = (Double(runningVariance[channel]) + Double(Norm.epsilon)).squareRoot()
      scale[channel] = Float(Double(weight[channel]) / deviation)
      shift[channel] = bias[channel]
    }
  }
}

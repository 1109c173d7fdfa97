import CKernels

/// A network's kernels with their weights packed, by the names of its layers.
///
/// Several threads may run it: it does not change once it is made, and its kernels lock what they
/// keep by size.
final class PackedNetwork: @unchecked Sendable {
  let description: NetworkDescription
  let stages: [NetworkStage]
  private let precision: Precision
  private let usesRunningStatistics: Bool
  private(set) var convolutions: [String: ConvolutionKernel] = [:]
  /// Of the batch norms with running statistics; those of the others come from each image.
  private(set) var norms: [String: NormValues] = [:]
  /// Of the batch norms without.
  private(set) var affines: [String: Affine] = [:]

  /// What a batch norm does after it has normalized: a factor and a summand per channel.
  struct Affine {
    let weight: Buffer<Float>
    let bias: Buffer<Float>
  }

  /// Copies weights into the order that the kernels want.
  ///
  /// - Parameters:
  ///   - description: The layers.
  ///   - weights: Tensors that fit them, as `WeightsFile.fitted` gives them.
  ///   - precision: Arithmetic of the convolutions.
  ///   - usesRunningStatistics: Whether batch norms use their running statistics, not each image's.
  /// - Throws: `GeneratorError` if memory is short or a kernel cannot do a layer.
  init(
    _ description: NetworkDescription, weights: WeightsFile, precision: Precision,
    usesRunningStatistics: Bool
  ) throws(GeneratorError) {
    self.description = description
    self.precision = precision
    self.usesRunningStatistics = usesRunningStatistics
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
        let affine = try Affine(norm, tensors)
        if usesRunningStatistics {
          norms[norm.name] = try NormValues(batchNorm: norm, affine, tensors)
        } else {
          affines[norm.name] = affine
        }
      case .residual(let inner, _), .skip(let inner): try add(inner, tensors)
      case .nearestUpsampling, .tanh, .dropout: continue
      }
    }
  }

  private func add(
    _ convolution: Convolution, _ context: NetworkStage.ConvolutionContext,
    _ tensors: [String: NamedTensor]
  ) throws(GeneratorError) {
    // An instance norm takes a bias before it out again.
    let hasBias = convolution.bias && !context.isInstanceNormalized
    let values = try tensors.values(convolution.name + ".weight")
    let biases = hasBias ? try tensors.values(convolution.name + ".bias") : nil
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

extension [String: NamedTensor] {
  /// The values of a tensor that fits.
  fileprivate func values(_ name: String) throws(GeneratorError) -> Buffer<Float> {
    guard let tensor = self[name] else { preconditionFailure("weights do not fit \(name)") }
    return try GeneratorError.allocating(try tensor.values)
  }
}

extension PackedNetwork.Affine {
  fileprivate init(
    _ norm: NetworkStage.ChannelNorm, _ tensors: [String: NamedTensor]
  ) throws(GeneratorError) {
    self.init(
      weight: try tensors.values(norm.name + ".weight"),
      bias: try tensors.values(norm.name + ".bias"))
  }
}

extension NormValues {
  /// Folds a batch norm's running statistics and its scale and shift into one map.
  fileprivate convenience init(
    batchNorm norm: NetworkStage.ChannelNorm, _ affine: PackedNetwork.Affine,
    _ tensors: [String: NamedTensor]
  ) throws(GeneratorError) {
    try self.init(channels: norm.channels, shift: affine.bias)
    let runningMean = try tensors.values(norm.name + ".running_mean")
    let runningVariance = try tensors.values(norm.name + ".running_var")
    for channel in 0..<norm.channels {
      mean[channel] = runningMean[channel]
      let deviation = (Double(runningVariance[channel]) + Double(Norm.epsilon)).squareRoot()
      scale[channel] = Float(Double(affine.weight[channel]) / deviation)
    }
  }
}

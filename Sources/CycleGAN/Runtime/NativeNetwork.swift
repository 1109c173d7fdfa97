import CKernels

/// A network's kernels and constants, by the names of its layers.
///
/// Several threads may run it: it does not change once it is made, and its kernels lock what they
/// keep by size.
final class NativeNetwork: @unchecked Sendable {
  let description: NetworkDescription
  private let precision: Precision
  private(set) var convolutions: [String: ConvolutionKernel] = [:]
  /// Of the batch norms; the values of an instance norm are a picture's.
  private(set) var norms: [String: ChannelValues] = [:]

  /// Copies weights into the order that the kernels want.
  ///
  /// - Parameters:
  ///   - description: The layers.
  ///   - weights: Tensors that fit them, as `WeightsFile.fitted` gives them.
  ///   - precision: Of the factors.
  /// - Throws: `GeneratorError` if memory is short or oneDNN cannot do a layer.
  init(
    _ description: NetworkDescription, weights: WeightsFile, precision: Precision
  ) throws(GeneratorError) {
    self.description = description
    self.precision = precision
    try add(description.layers, weights.byName)
  }

  private func add(
    _ layers: [Layer], _ tensors: [String: NamedTensor]
  ) throws(GeneratorError) {
    var border = 0
    for (i, layer) in layers.enumerated() {
      let isNormed = layers.dropFirst(i + 1).first?.isInstanceNorm ?? false
      switch layer {
      case .convolution(let convolution):
        try add(convolution, tensors, transposed: false, border: border, isNormed: isNormed)
      case .transposedConvolution(let convolution):
        try add(convolution, tensors, transposed: true, border: 0, isNormed: isNormed)
      case .norm(.batch, let name, let channels):
        norms[name] = try ChannelValues(batchNorm: name, channels: channels, tensors)
      case .residual(let inner), .skip(let inner): try add(inner, tensors)
      default: break
      }
      border = if case .reflectionPadding(let px) = layer { px } else { 0 }
    }
  }

  private func add(
    _ convolution: Convolution, _ tensors: [String: NamedTensor], transposed: Bool, border: Int,
    isNormed: Bool
  ) throws(GeneratorError) {
    guard let weight = tensors[convolution.name + ".weight"] else {
      preconditionFailure("weights do not fit \(convolution.name)")
    }
    // An instance norm takes a bias before it out again.
    let hasBias = convolution.bias && !isNormed
    let bias = hasBias ? tensors[convolution.name + ".bias"]?.values : nil
    convolutions[convolution.name] = try ConvolutionKernel(
      convolution, transposed: transposed, border: border, weight: weight.values, bias: bias,
      precision: precision)
  }
}

extension Layer {
  fileprivate var isInstanceNorm: Bool {
    guard case .norm(.instance, _, _) = self else { return false }
    return true
  }
}

extension ChannelValues {
  /// Folds a batch norm's running statistics and its scale and shift into one map.
  fileprivate convenience init(
    batchNorm name: String, channels: Int, _ tensors: [String: NamedTensor]
  ) throws(GeneratorError) {
    try self.init(channels: channels, hasShift: true)
    guard let weight = tensors[name + ".weight"]?.values,
      let bias = tensors[name + ".bias"]?.values,
      let runningMean = tensors[name + ".running_mean"]?.values,
      let runningVariance = tensors[name + ".running_var"]?.values, let shift
    else { preconditionFailure("weights do not fit \(name)") }
    for channel in 0..<channels {
      mean[channel] = runningMean[channel]
      let deviation = (Double(runningVariance[channel]) + Double(Norm.epsilon)).squareRoot()
      scale[channel] = Float(Double(weight[channel]) / deviation)
      shift[channel] = bias[channel]
    }
  }
}

import CTorch
import CycleGAN

/// A network on a device whose parameters can learn, built by walking its description.
///
/// The shapes of its stages are in the description's source: `GeneratorArchitecture` and
/// `DiscriminatorArchitecture`. `TrainableNetworkTests` holds it together with the native runtime.
final class TrainableNetwork {
  let handle: OpaquePointer
  /// What it was built from.
  let description: NetworkDescription
  private let precision: Precision

  /// Builds a network; its convolutions are 0 until it is initialised or loaded.
  ///
  /// - Parameters:
  ///   - description: What to build.
  ///   - device: Where its parameters live.
  ///   - random: What dropout draws from.
  ///   - precision: Of the factors of its convolutions.
  /// - Throws: `TorchError` if the device is out of memory.
  init(
    _ description: NetworkDescription, device: Device, random: DeviceRandom,
    precision: Precision = .float32
  ) throws(TorchError) {
    var handle: OpaquePointer?
    try torch("building a network") {
      ct_network_init(device.description, random.handle, &handle, &$0)
    }
    guard let handle else {
      throw TorchError(operation: "building a network", reason: "LibTorch gave none")
    }
    self.handle = handle
    self.description = description
    self.precision = precision
    try append(description.layers)
  }

  deinit { ct_network_free(handle) }

  /// Runs the network as in training: statistics of the batch, dropout on.
  ///
  /// - Parameter input: `[N, C, H, W] Float32 in -1...1`.
  /// - Returns: The last layer's output.
  /// - Throws: `TorchError` if the input does not fit or the device is out of memory.
  func callAsFunction(_ input: Tensor) throws(TorchError) -> Tensor {
    try Tensor("the forward pass") { ct_network_forward(handle, input.handle, &$0, &$1) }
  }

  /// Runs the network as a finished one: running statistics, dropout off, nothing recorded.
  func applied(to input: Tensor) throws(TorchError) -> Tensor {
    try Tensor("the forward pass") { ct_network_apply(handle, input.handle, &$0, &$1) }
  }

  /// Runs a generator as a finished one on a frame.
  ///
  /// - Parameters:
  ///   - frame: Its sides are multiples of what the generator needs.
  ///   - device: Where the network lives.
  /// - Returns: The translation, as values.
  /// - Throws: `TorchError` if the frame does not fit or the device is out of memory.
  func translation(of frame: Frame, _ device: Device) throws(TorchError) -> Frame {
    let output = try applied(to: Tensor([frame], device: device))
    let shape = output.shape
    return Frame(
      width: shape[3], height: shape[2], channels: shape[1], samples: .float32(try output.values()))
  }

  /// Sets whether later forward passes record what the parameters' gradients need.
  func setLearning(_ learning: Bool) throws(TorchError) {
    try torch("freezing a network") { ct_network_set_learning(handle, learning, &$0) }
  }

  /// Sets whether later forward passes keep only what goes into groups of layers, which then run a
  /// second time in the backward pass: memory for time, and no second derivatives.
  ///
  /// Source: Chen et al. 2016, arXiv 1604.06174.
  func setForgetting(_ forgets: Bool) { ct_network_set_forgetting(handle, forgets) }

  /// Forgets all gradients.
  func clearGradients() throws(TorchError) {
    try torch("clearing gradients") { ct_network_clear_gradients(handle, &$0) }
  }

  /// Multiplies all gradients.
  func scaleGradients(by factor: Double) throws(TorchError) {
    try torch("scaling gradients") { ct_network_scale_gradients(handle, factor, &$0) }
  }

  /// The parameter or statistic of a name; writing to it changes the network.
  func tensor(_ name: String) throws(TorchError) -> Tensor {
    try Tensor("finding \(name)") { ct_network_tensor(handle, name, &$0, &$1) }
  }

  /// The gradient of a parameter after a backward pass.
  func gradient(of name: String) throws(TorchError) -> Tensor {
    try Tensor("finding the gradient of \(name)") {
      ct_network_gradient(handle, name, &$0, &$1)
    }
  }

  private func append(_ layers: [Layer]) throws(TorchError) {
    for layer in layers { try append(layer) }
  }

  private func append(_ layer: Layer) throws(TorchError) {
    switch layer {
    case .residual(let layers):
      try torch("building a block") { ct_network_begin_residual(handle, &$0) }
      try append(layers)
      try torch("building a block") { ct_network_end(handle, &$0) }
    case .skip(let layers):
      try torch("building a block") { ct_network_begin_skip(handle, &$0) }
      try append(layers)
      try torch("building a block") { ct_network_end(handle, &$0) }
    default:
      try torch("building a layer") { appendSingle(layer, &$0) }
    }
  }

  private func appendSingle(_ layer: Layer, _ error: inout ct_error) -> ct_status {
    switch layer {
    case .reflectionPadding(let padding):
      ct_network_add_reflection_padding(handle, Int64(padding), &error)
    case .doubling: ct_network_add_doubling(handle, &error)
    case .convolution(let convolution):
      append(convolution, transposed: false, &error)
    case .transposedConvolution(let convolution):
      append(convolution, transposed: true, &error)
    case .norm(.instance, _, _):
      ct_network_add_instance_norm(handle, Double(Norm.epsilon), &error)
    case .norm(.batch, let name, let channels):
      ct_network_add_batch_norm(
        handle, name, Int64(channels), Double(Norm.epsilon), Double(Norm.momentum), &error)
    case .relu: ct_network_add_leaky_relu(handle, 0, &error)
    case .leakyReLU(let slope): ct_network_add_leaky_relu(handle, Double(slope), &error)
    case .tanh: ct_network_add_tanh(handle, &error)
    case .dropout(let probability): ct_network_add_dropout(handle, Double(probability), &error)
    case .norm(.none, _, _), .residual, .skip: CT_OK
    }
  }

  private func append(
    _ convolution: Convolution, transposed: Bool, _ error: inout ct_error
  ) -> ct_status {
    convolution.name.withCString { name in
      var shape = ct_convolution(
        name: name, input_channels: Int64(convolution.inputChannels),
        output_channels: Int64(convolution.outputChannels), kernel: Int64(convolution.kernel),
        stride: Int64(convolution.stride), padding: Int64(convolution.padding),
        output_padding: Int64(convolution.outputPadding), bias: convolution.bias,
        transposed: transposed, bf16: precision == .bf16)
      return ct_network_add_convolution(handle, &shape, &error)
    }
  }
}

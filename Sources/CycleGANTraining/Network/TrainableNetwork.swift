import CTorch
import CycleGAN

/// A trainable network on a device, built by walking the stages of its description.
///
/// The shapes of its stages are in the description's source: `GeneratorArchitecture` and
/// `DiscriminatorArchitecture`. `TrainableNetworkTests` holds it together with the native runtime.
final class TrainableNetwork {
  let handle: OpaquePointer
  /// What it was built from.
  let description: NetworkDescription
  private let precision: Precision

  /// Builds a network; its convolutions are 0 until it is initialized or loaded.
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
    try append(description.stages)
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
      width: shape[3], height: shape[2], channels: shape[1],
      samples: .float32(try output.values()))
  }

  /// Sets whether the parameters require grad in later forward passes.
  func setRequiresGrad(_ requiresGrad: Bool) throws(TorchError) {
    try torch("freezing a network") { ct_network_set_requires_grad(handle, requiresGrad, &$0) }
  }

  /// Sets gradient checkpointing: whether later forward passes keep only what goes into groups of
  /// stages, which then run a second time in the backward pass; no second derivatives.
  ///
  /// Source: Chen et al. 2016, arXiv 1604.06174.
  func setGradientCheckpointing(_ checkpoints: Bool) {
    ct_network_set_checkpointing(handle, checkpoints)
  }

  /// Clears all gradients.
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

  private func append(_ stages: [NetworkStage]) throws(TorchError) {
    for stage in stages { try append(stage) }
  }

  private func append(_ stage: NetworkStage) throws(TorchError) {
    switch stage {
    case .residual(_, block: let block?):
      try torch("building a residual block") { append(block, &$0) }
    case .residual(let inner, block: nil):
      try torch("building a residual block") { ct_network_begin_residual(handle, &$0) }
      try append(inner)
      try torch("building a residual block") { ct_network_end(handle, &$0) }
    case .skip(let inner):
      try torch("building a skip connection") { ct_network_begin_skip(handle, &$0) }
      try append(inner)
      try torch("building a skip connection") { ct_network_end(handle, &$0) }
    case .prologue(let prologue):
      try torch("building a norm") { append(prologue, &$0) }
    case .convolution(let convolution, let context):
      try torch("building \(convolution.name)") { append(convolution, context, &$0) }
    case .nearestUpsampling:
      try torch("building an upsampling") { ct_network_add_nearest_upsampling(handle, &$0) }
    case .tanh: try torch("building a tanh") { ct_network_add_tanh(handle, &$0) }
    case .dropout(let probability):
      try torch("building a dropout") { ct_network_add_dropout(handle, Double(probability), &$0) }
    }
  }

  private func append(
    _ convolution: Convolution, _ context: NetworkStage.ConvolutionContext, _ error: inout ct_error
  ) -> ct_status {
    withShim(convolution, context) { ct_network_add_convolution(handle, $0, &error) }
  }

  private func append(_ block: NetworkStage.ResidualBlock, _ error: inout ct_error) -> ct_status {
    let context = NetworkStage.ResidualBlock.context
    return withShim(block.first, context) { first in
      withShim(block.second, context) { second in
        ct_network_add_residual_block(handle, first, second, Double(Norm.epsilon), &error)
      }
    }
  }

  private func append(_ prologue: NetworkStage.Prologue, _ error: inout ct_error) -> ct_status {
    let norm = prologue.norm
    return (norm?.name ?? "").withCString { name in
      let kind =
        switch norm?.kind {
        case .instance: CT_NORM_INSTANCE
        case .batch: CT_NORM_BATCH
        case .some(.none), nil: CT_NORM_NONE
        }
      var shim = ct_prologue(
        norm: kind, name: name, channels: Int64(norm?.channels ?? 0),
        epsilon: Double(Norm.epsilon), momentum: Double(Norm.momentum),
        slope: Double(prologue.slope), padding: Int64(prologue.padding))
      return ct_network_add_prologue(handle, &shim, &error)
    }
  }

  private func withShim<Result>(
    _ convolution: Convolution, _ context: NetworkStage.ConvolutionContext,
    _ body: (UnsafePointer<ct_convolution>) -> Result
  ) -> Result {
    convolution.name.withCString { name in
      var shim = ct_convolution(
        name: name, input_channels: Int64(convolution.inputChannels),
        output_channels: Int64(convolution.outputChannels), kernel: Int64(convolution.kernel),
        stride: Int64(convolution.stride), padding: Int64(convolution.padding),
        output_padding: Int64(convolution.outputPadding), bias: convolution.bias,
        transposed: context.isTransposed, instance_normalized: context.isInstanceNormalized,
        bf16: precision == .bf16)
      return withUnsafePointer(to: &shim, body)
    }
  }
}

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
        ? .int64(try tensor.elements(of: Int64.self))
        : .float32(try tensor.values())
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
        try own.write(
          try tensor.integers ?? tensor.values.converted { Int64(exactly: $0.rounded()) ?? 0 })
      } else {
        try own.write(try tensor.values)
      }
    }
  }
}

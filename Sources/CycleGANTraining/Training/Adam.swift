import CTorch
import CycleGAN

/// The Adam optimizer, over all trainable parameters of some networks.
///
/// Source: Kingma and Ba 2014, arXiv 1412.6980; beta2 and eps are PyTorch's defaults.
final class Adam {
  private let handle: OpaquePointer
  private let networks: [TrainableNetwork]
  /// The parameters that it updates, in its order: `generatorAB.model.1.weight`.
  let parameterNames: [String]

  /// Starts with fresh moments.
  ///
  /// - Parameters:
  ///   - networks: The networks that it updates, in this order.
  ///   - beta1: Decay of the first moment, 0..<1.
  /// - Throws: `TorchError` if the device is out of memory.
  init(_ networks: [(role: NetworkRole, network: TrainableNetwork)], beta1: Double)
    throws(TorchError)
  {
    let handles = networks.map { Optional($0.network.handle) }
    var handle: OpaquePointer?
    try torch("making an optimizer") {
      ct_adam_init(handles, Int32(handles.count), beta1, 0.999, &handle, &$0)
    }
    guard let handle else {
      throw TorchError(operation: "making an optimizer", reason: "LibTorch gave none")
    }
    self.handle = handle
    self.networks = networks.map(\.network)
    parameterNames = networks.flatMap { role, network in
      network.description.parameters.filter(\.isTrainable).map { "\(role.rawValue).\($0.name)" }
    }
  }

  deinit { ct_adam_free(handle) }

  /// Updates every parameter that has a gradient.
  func step(rate: Double) throws(TorchError) {
    try torch("an optimizer step") { ct_adam_step(handle, rate, &$0) }
  }

  /// Sets the gradients of all its networks to nothing.
  func clearGradients() throws(TorchError) {
    for network in networks { try network.clearGradients() }
  }

  /// Scales all gradients by one factor if their common norm is above a limit.
  ///
  /// - Parameters:
  ///   - limit: The largest norm that stays as it is, above 0.
  ///   - norm: Their Euclidean norm, over all networks.
  /// - Throws: `TorchError` if the device fails.
  ///
  /// Source: Pascanu et al. 2013, arXiv 1211.5063, algorithm 1; the 1e-6 is that of PyTorch's
  /// `clip_grad_norm_`.
  func clipGradients(to limit: Double, norm: Double) throws(TorchError) {
    let factor = limit / (norm + 1e-6)
    guard factor < 1 else { return }
    for network in networks { try network.scaleGradients(by: factor) }
  }

  /// How many updates each parameter has had.
  var steps: [Int64] {
    get { (0..<ct_adam_count(handle)).map { ct_adam_steps(handle, $0) } }
    set { for (i, count) in newValue.enumerated() { ct_adam_set_steps(handle, Int64(i), count) } }
  }

  /// The first or second moment of a parameter; writing to it changes the optimizer.
  func moment(_ index: Int, squared: Bool) throws(TorchError) -> Tensor {
    try Tensor("finding a moment") {
      ct_adam_moment(handle, Int64(index), squared, &$0, &$1)
    }
  }
}

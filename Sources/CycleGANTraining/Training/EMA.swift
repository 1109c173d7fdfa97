import CTorch
import CycleGAN

/// Exponential moving averages (EMA) of both generators' parameters over the steps, which fluctuate
/// less than the parameters of any one step.
///
/// Source: Yazici et al. 2019, arXiv 1806.04498, section 3.1.
struct EMA {
  /// The decay after the first steps, 0..<1.
  let decay: Double
  private let generatorAB: TrainableNetwork
  private let generatorBA: TrainableNetwork

  /// Makes averages; they hold nothing before `reset`.
  ///
  /// - Parameters:
  ///   - options: The generators' architecture.
  ///   - decay: After the first steps, 0..<1.
  ///   - device: The device of the parameters.
  ///   - random: What dropout would draw from; an average is never trained.
  /// - Throws: `TorchError` if the device is out of memory.
  init(
    _ options: ModelOptions, decay: Double, device: Device, random: DeviceRandom
  ) throws(TorchError) {
    func network(_ role: NetworkRole) throws(TorchError) -> TrainableNetwork {
      let network = try TrainableNetwork(
        options.network(role), device: device, random: random, precision: options.precision)
      try network.setRequiresGrad(false)
      return network
    }
    self.decay = decay
    generatorAB = try network(.generatorAB)
    generatorBA = try network(.generatorBA)
  }

  /// The average of a generator; nil for a discriminator.
  func network(_ role: NetworkRole) -> TrainableNetwork? {
    switch role {
    case .generatorAB: generatorAB
    case .generatorBA: generatorBA
    case .discriminatorA, .discriminatorB: nil
    }
  }

  /// Makes the average of a generator what the generator is now.
  func reset(_ role: NetworkRole, to generator: TrainableNetwork) throws(TorchError) {
    try network(role)?.approach(generator, share: 1)
  }

  /// Takes a step into the averages.
  ///
  /// The decay is lower in the first steps, so that the random initial weights soon count for nothing.
  ///
  /// - Parameters:
  ///   - generators: As they are after the step.
  ///   - steps: Steps so far, this one among them.
  /// - Throws: `TorchError` if the device fails.
  ///
  /// Source: `num_updates` of TensorFlow's `ExponentialMovingAverage`.
  func update(
    _ generators: (AB: TrainableNetwork, BA: TrainableNetwork), steps: Int64
  ) throws(TorchError) {
    let share = 1 - min(decay, Double(1 + steps) / Double(10 + steps))
    try generatorAB.approach(generators.AB, share: share)
    try generatorBA.approach(generators.BA, share: share)
  }
}

extension TrainableNetwork {
  /// Moves every parameter by a share of its distance to another network's.
  fileprivate func approach(_ other: TrainableNetwork, share: Double) throws(TorchError) {
    try torch("averaging weights") { ct_network_lerp(handle, other.handle, share, &$0) }
  }
}

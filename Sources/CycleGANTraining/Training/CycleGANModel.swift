import CTorch
import CycleGAN

/// Two generators, two discriminators and their optimizers: all that learns.
///
/// Stays on one thread, as its tensors do.
public final class CycleGANModel {
  /// What it was made from.
  public let options: ModelOptions
  /// Where it lives.
  public let device: Device
  /// Adam's learning rate in the steps to come.
  public var learningRate: Double
  /// Weight of the identity losses relative to their cycle's, in the steps to come.
  public var identityWeight: Double

  let generatorAB: TrainableNetwork
  let generatorBA: TrainableNetwork
  let discriminatorA: TrainableNetwork
  let discriminatorB: TrainableNetwork
  let generatorOptimizer: Adam
  let discriminatorOptimizer: Adam
  var poolA: HistoryPool
  var poolB: HistoryPool
  var random: RandomSource
  /// Of its own, so that augmentation changes nothing else that is drawn.
  var augmentationRandom: RandomSource
  let deviceRandom: DeviceRandom
  let averages: GeneratorAverages?

  /// Makes a model with fresh parameters.
  ///
  /// - Parameters:
  ///   - options: What shapes it.
  ///   - device: Where it lives.
  ///   - random: Where its parameters, pools and dropout draw from: same source, same model.
  /// - Throws: `TorchError` if the device is out of memory.
  public init(
    _ options: ModelOptions, device: Device, random: RandomSource
  ) throws(TorchError) {
    ct_keep_memory()
    augmentationRandom = random.stream(Purpose.augmentation)
    var random = random
    let deviceRandom = try DeviceRandom(seed: random.next(), device: device)
    let initialization = Initialization(options.initType, gain: options.initGain)
    func network(_ role: NetworkRole) throws(TorchError) -> TrainableNetwork {
      let network = try TrainableNetwork(
        options.network(role), device: device, random: deviceRandom, precision: options.precision)
      try network.initialize(initialization, random: &random)
      return network
    }
    generatorAB = try network(.generatorAB)
    generatorBA = try network(.generatorBA)
    discriminatorA = try network(.discriminatorA)
    discriminatorB = try network(.discriminatorB)
    for generator in [generatorAB, generatorBA] { generator.setForgetting(options.savesMemory) }
    generatorOptimizer = try Adam(
      [(.generatorAB, generatorAB), (.generatorBA, generatorBA)], beta1: options.beta1)
    discriminatorOptimizer = try Adam(
      [(.discriminatorA, discriminatorA), (.discriminatorB, discriminatorB)], beta1: options.beta1)
    poolA = HistoryPool(capacity: options.poolSize)
    poolB = HistoryPool(capacity: options.poolSize)
    if let decay = options.averageDecay {
      let averages = try GeneratorAverages(
        options, decay: decay, device: device, random: deviceRandom)
      try averages.begin(.generatorAB, generatorAB)
      try averages.begin(.generatorBA, generatorBA)
      self.averages = averages
    } else {
      averages = nil
    }
    self.options = options
    self.device = device
    self.learningRate = options.learningRate
    self.identityWeight = options.lambdaIdentity
    self.random = random
    self.deviceRandom = deviceRandom
  }

  /// Translates a frame with one of the generators, or its running mean where one is kept, as
  /// `cg-apply` would.
  ///
  /// - Parameters:
  ///   - frame: Its sides are multiples of what the generator needs.
  ///   - role: Which generator.
  /// - Returns: The translation, as values.
  /// - Throws: `TorchError` if the frame does not fit or the device is out of memory.
  public func translate(_ frame: Frame, with role: NetworkRole) throws(TorchError) -> Frame {
    let generator = averages?.network(role) ?? network(role)
    return try generator.translation(of: frame, device)
  }

  func network(_ role: NetworkRole) -> TrainableNetwork {
    switch role {
    case .generatorAB: generatorAB
    case .generatorBA: generatorBA
    case .discriminatorA: discriminatorA
    case .discriminatorB: discriminatorB
    }
  }
}

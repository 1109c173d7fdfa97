import CTorch
import CycleGAN

/// The four networks, their optimizers and image pools, and the training step.
///
/// A step: `computeGradients` runs the generators forward, then the backward passes of the generators
/// and of each discriminator; `applyGradients` lets both optimizers and the EMA follow.
/// Stays on one thread, as its tensors do.
///
/// Source: cycle_gan_model.py of the official code.
package final class CycleGANModel {
  /// What it was made from.
  package let options: ModelOptions
  /// The device of all tensors.
  package let device: Device
  /// Adam's learning rate in the next steps.
  package var learningRate: Double
  /// Weight of the identity losses, relative to the cycle losses, in the next steps.
  package var identityWeight: Double

  let generatorAB: TrainableNetwork
  let generatorBA: TrainableNetwork
  let discriminatorA: TrainableNetwork
  let discriminatorB: TrainableNetwork
  let generatorOptimizer: Adam
  let discriminatorOptimizer: Adam
  var poolA: ImagePool
  var poolB: ImagePool
  let ema: EMA?

  var random: RandomSource
  /// Separate, so that augmentation changes nothing else that is drawn.
  var augmentationRandom: RandomSource
  let deviceRandom: DeviceRandom

  /// Makes a model with initial weights.
  ///
  /// - Parameters:
  ///   - options: Architecture, losses and optimizers.
  ///   - device: The device of all tensors.
  ///   - random: Source of weights, pools and dropout: same source, same model.
  /// - Throws: `TorchError` if the device is out of memory.
  package init(
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
    for generator in [generatorAB, generatorBA] {
      generator.setGradientCheckpointing(options.gradientCheckpointing)
    }
    generatorOptimizer = try Adam(
      [(.generatorAB, generatorAB), (.generatorBA, generatorBA)], beta1: options.beta1)
    discriminatorOptimizer = try Adam(
      [(.discriminatorA, discriminatorA), (.discriminatorB, discriminatorB)], beta1: options.beta1)
    poolA = ImagePool(capacity: options.poolSize)
    poolB = ImagePool(capacity: options.poolSize)
    if let decay = options.emaDecay {
      let ema = try EMA(options, decay: decay, device: device, random: deviceRandom)
      try ema.reset(.generatorAB, to: generatorAB)
      try ema.reset(.generatorBA, to: generatorBA)
      self.ema = ema
    } else {
      ema = nil
    }
    self.options = options
    self.device = device
    self.learningRate = options.learningRate
    self.identityWeight = options.lambdaIdentity
    self.random = random
    self.deviceRandom = deviceRandom
  }

  func network(_ role: NetworkRole) -> TrainableNetwork {
    switch role {
    case .generatorAB: generatorAB
    case .generatorBA: generatorBA
    case .discriminatorA: discriminatorA
    case .discriminatorB: discriminatorB
    }
  }

  /// Translates a frame with one of the generators, or with its EMA where there is one, as
  /// `cg-apply` would.
  ///
  /// - Parameters:
  ///   - frame: Its sides are multiples of what the generator needs.
  ///   - role: A generator.
  /// - Returns: The translation, float32 samples.
  /// - Throws: `TorchError` if the frame does not fit or the device is out of memory.
  package func translate(_ frame: Frame, with role: NetworkRole) throws(TorchError) -> Frame {
    let generator = ema?.network(role) ?? network(role)
    return try generator.translation(of: frame, device)
  }
}

// MARK: - The step

extension CycleGANModel {
  /// Trains on one batch of each domain, unless something of it is non-finite.
  ///
  /// What the optimizers and their moments do to the parameters shows in the measurement, too.
  ///
  /// - Parameters:
  ///   - realA: Frames of A; those of a batch have one size.
  ///   - realB: As many frames of B, likewise.
  ///   - batchSize: As for `computeGradients`.
  /// - Returns: Losses and gradients before the update, parameters after it.
  /// - Throws: `TorchError` if the frames do not fit or the device is out of memory.
  package func step(
    realA: [Frame], realB: [Frame], batchSize: Int? = nil
  ) throws(TorchError) -> StepMeasurement {
    var measurement = try computeGradients(realA: realA, realB: realB, batchSize: batchSize)
    if measurement.nonFinite == nil { try applyGradients(measurement) }
    measurement.parameterNorms = try parameterNorms()
    return measurement
  }

  /// Computes the losses of one batch of each domain and all gradients; changes no parameter.
  ///
  /// The discriminators see the fakes of the generators before their update, as in the official code,
  /// so that both optimizers can wait until all gradients are there.
  ///
  /// - Parameters:
  ///   - realA: Frames of A; those of a batch have one size.
  ///   - realB: As many frames of B, likewise.
  ///   - batchSize: Frames that go through the networks at once, fewer in the last batch; all unless
  ///     given. Losses and gradients are the means over all frames.
  /// - Returns: Losses and gradient norms, for `applyGradients`.
  /// - Throws: `TorchError` if the frames do not fit or the device is out of memory.
  ///
  /// Source: `optimize_parameters` in the official cycle_gan_model.py.
  package func computeGradients(
    realA: [Frame], realB: [Frame], batchSize: Int? = nil
  ) throws(TorchError) -> StepMeasurement {
    try generatorOptimizer.clearGradients()
    try discriminatorOptimizer.clearGradients()
    var losses: [Tensor] = []
    for batch in realA.indices.split(into: batchSize ?? realA.count) {
      let share = Double(batch.count) / Double(realA.count)
      let images = try forward(
        realA: Tensor(Array(realA[batch]), device: device),
        realB: Tensor(Array(realB[batch]), device: device))
      let generatorLosses = try backwardGenerators(images, share: share)
      let discriminatorLosses = try backwardDiscriminators(images, share: share)
      for (i, loss) in (discriminatorLosses + generatorLosses).enumerated() {
        let part = try loss.detached() * share
        if losses.count == i { losses.append(part) } else { losses[i] = try losses[i] + part }
      }
    }
    return try measurement(losses)
  }

  /// Updates all networks with the gradients of `computeGradients`, and the EMA with the generators.
  ///
  /// - Parameter measurement: What `computeGradients` returned; its norms are those that are clipped.
  /// - Throws: `TorchError` if the device fails.
  package func applyGradients(_ measurement: StepMeasurement) throws(TorchError) {
    if let limit = options.maximumGradientNorm {
      try generatorOptimizer.clipGradients(
        to: limit, norm: measurement.gradientNorm(of: [.generatorAB, .generatorBA]))
      try discriminatorOptimizer.clipGradients(
        to: limit, norm: measurement.gradientNorm(of: [.discriminatorA, .discriminatorB]))
    }
    try generatorOptimizer.step(rate: learningRate)
    try discriminatorOptimizer.step(rate: learningRate)
    try ema?.update(
      (generatorAB, generatorBA), steps: generatorOptimizer.steps.max() ?? 0)
  }

  /// The outputs of the generators for one batch of each domain, `[N, C, H, W]`.
  private struct Images {
    let realA, realB: Tensor
    /// `generatorBA(realB)` and `generatorAB(realA)`.
    let fakeA, fakeB: Tensor
    /// `generatorBA(fakeB)` and `generatorAB(fakeA)`.
    let reconstructedA, reconstructedB: Tensor
    /// `generatorBA(realA)` and `generatorAB(realB)`; nil where the identity losses have no weight.
    let identityA, identityB: Tensor?
  }

  /// Runs the generators on everything the losses need, in the official order, on which the running
  /// statistics of batch norm depend.
  private func forward(realA: Tensor, realB: Tensor) throws(TorchError) -> Images {
    let needsIdentity = identityWeight > 0
    let isJoint = needsIdentity && canShareBatch(realA, realB)
    let (fakeB, jointB) = try run(generatorAB, realA, isJoint ? realB : nil)
    let reconstructedA = try generatorBA(fakeB)
    let (fakeA, jointA) = try run(generatorBA, realB, isJoint ? realA : nil)
    let reconstructedB = try generatorAB(fakeA)
    let isMissing = needsIdentity && !isJoint
    return Images(
      realA: realA, realB: realB, fakeA: fakeA, fakeB: fakeB,
      reconstructedA: reconstructedA, reconstructedB: reconstructedB,
      identityA: try isMissing ? generatorBA(realA) : jointA,
      identityB: try isMissing ? generatorAB(realB) : jointB)
  }

  /// Computes the generators' gradients of the sum of their losses, with frozen discriminators.
  ///
  /// - Returns: `adversarialAB`, `adversarialBA`, `cycleA`, `cycleB`, `identityA`, `identityB`.
  private func backwardGenerators(_ images: Images, share: Double) throws(TorchError) -> [Tensor] {
    try discriminatorA.setRequiresGrad(false)
    try discriminatorB.setRequiresGrad(false)
    let mode = options.ganMode
    let zero = try Tensor([0], shape: [], device: device)
    func identity(_ real: Tensor, _ output: Tensor?, _ lambda: Double) throws(TorchError) -> Tensor
    {
      guard let output else { return zero }
      return try identityLoss(real: real, output: output) * (lambda * identityWeight)
    }
    let losses = [
      try mode.adversarialLoss(discriminatorB(augmented(images.fakeB)), real: true),
      try mode.adversarialLoss(discriminatorA(augmented(images.fakeA)), real: true),
      try cycleLoss(real: images.realA, reconstructed: images.reconstructedA) * options.lambdaA,
      try cycleLoss(real: images.realB, reconstructed: images.reconstructedB) * options.lambdaB,
      try identity(images.realA, images.identityA, options.lambdaA),
      try identity(images.realB, images.identityB, options.lambdaB),
    ]
    var sum = losses[0]
    for loss in losses.dropFirst() { sum = try sum + loss }
    try (sum * share).backward()
    return losses
  }

  /// Computes the gradients of each discriminator of its own loss, with fakes from the image pools; B
  /// comes first.
  ///
  /// - Returns: `discriminatorA`, `discriminatorB`.
  private func backwardDiscriminators(
    _ images: Images, share: Double
  ) throws(TorchError) -> [Tensor] {
    try discriminatorA.setRequiresGrad(true)
    try discriminatorB.setRequiresGrad(true)
    let pooledB = try poolB.query(images.fakeB.detached(), random: &random)
    let lossB = try discriminatorLoss(discriminatorB, real: images.realB, fake: pooledB)
    try (lossB * share).backward()
    let pooledA = try poolA.query(images.fakeA.detached(), random: &random)
    let lossA = try discriminatorLoss(discriminatorA, real: images.realA, fake: pooledA)
    try (lossA * share).backward()
    return [lossA, lossB]
  }

  /// Half of the adversarial losses of real and fake images, and of wgangp's gradient penalty.
  private func discriminatorLoss(
    _ discriminator: TrainableNetwork, real: Tensor, fake: Tensor
  ) throws(TorchError) -> Tensor {
    let (real, fake) = (try augmented(real), try augmented(fake))
    let (realLogits, fakeLogits) = try run(discriminator, real, fake)
    let mode = options.ganMode
    var loss = try mode.adversarialLoss(realLogits, real: true)
    if let fakeLogits { loss = try loss + mode.adversarialLoss(fakeLogits, real: false) }
    if mode == .wgangp {
      loss =
        try loss
        + gradientPenalty(
          of: discriminator, real: real, fake: fake, device: device, random: &random)
    }
    return try loss * 0.5
  }

  /// Images as the discriminators see them.
  private func augmented(_ images: Tensor) throws(TorchError) -> Tensor {
    try images.augmented(options.augmentations, random: &augmentationRandom)
  }

  /// Runs a network on two batches: as one batch where that gives the same, which is faster, else one
  /// after the other.
  private func run(
    _ network: TrainableNetwork, _ first: Tensor, _ second: Tensor?
  ) throws(TorchError) -> (Tensor, Tensor?) {
    guard let second else { return (try network(first), nil) }
    guard canShareBatch(first, second) else {
      return (try network(first), try network(second))
    }
    let count = first.shape[0]
    let both = try network(Tensor.concatenated([first, second]))
    return (try both.items(0..<count), try both.items(count..<2 * count))
  }

  /// Whether the layers treat every image by itself, and both batches have one size.
  private func canShareBatch(_ first: Tensor, _ second: Tensor) -> Bool {
    options.norm != .batch && first.shape == second.shape
  }
}

// MARK: - What a step measures

extension CycleGANModel {
  /// Reads the losses and all gradient norms from the device at once.
  private func measurement(_ losses: [Tensor]) throws(TorchError) -> StepMeasurement {
    let handles = losses.map { Optional($0.handle) }
    let networks = networkHandles
    let numbers = try Tensor("measuring a step") {
      ct_step_norms(
        handles, Int32(handles.count), networks, Int32(networks.count), &$0, &$1)
    }.values()
    var measurement = StepMeasurement(
      losses: Losses(Array(numbers.prefix(losses.count))),
      gradientNorms: Array(numbers.dropFirst(losses.count)))
    // They are clipped before they are squared.
    if options.maximumGradientNorm != nil {
      measurement.largestGradientNorm = .greatestFiniteMagnitude
    }
    return measurement
  }

  /// The Euclidean norms of all parameters of each network, in the order of `NetworkRole`.
  func parameterNorms() throws(TorchError) -> [Float] {
    let networks = networkHandles
    return Array(
      try Tensor("measuring the networks") {
        ct_networks_norms(networks, Int32(networks.count), &$0, &$1)
      }.values())
  }

  private var networkHandles: [OpaquePointer?] { NetworkRole.allCases.map { network($0).handle } }
}

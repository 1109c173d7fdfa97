import CycleGAN

/// What the generators make of one batch of each domain.
struct Translations {
  let realA, realB: Tensor
  /// `generatorBA(realB)` and `generatorAB(realA)`.
  let fakeA, fakeB: Tensor
  /// `generatorBA(fakeB)` and `generatorAB(fakeA)`.
  let cycledA, cycledB: Tensor
  /// `generatorBA(realA)` and `generatorAB(realB)`, nil where nobody asks for them.
  let identityA, identityB: Tensor?
}

extension CycleGANModel {
  /// Learns from one batch of each domain, if everything it measured is finite.
  ///
  /// - Parameters:
  ///   - realA: Frames of one size.
  ///   - realB: As many frames, of one size.
  /// - Returns: The losses before the update.
  /// - Throws: `TorchError` if the frames do not fit or the device is out of memory.
  public func step(realA: [Frame], realB: [Frame]) throws(TorchError) -> Losses {
    let measurement = try measure(realA: realA, realB: realB)
    if measurement.trouble == nil { try learn(from: measurement) }
    return measurement.losses
  }

  /// Finds the losses of one batch of each domain and all their gradients, and changes no parameter.
  ///
  /// The fakes that the discriminators are shown are those of the generators before their update,
  /// as in the official code, so that both optimizers may wait until all has been measured.
  ///
  /// - Parameters:
  ///   - realA: Frames; those of a batch have one size.
  ///   - realB: As many frames, likewise.
  ///   - batchSize: How many of them go through the networks at a time, the last few aside; all of
  ///     them unless given. Losses and gradients are the means over all images.
  /// - Returns: What `learn(from:)` would learn from.
  /// - Throws: `TorchError` if the frames do not fit or the device is out of memory.
  ///
  /// Source: `optimize_parameters` in the official cycle_gan_model.py.
  public func measure(
    realA: [Frame], realB: [Frame], batchSize: Int? = nil
  ) throws(TorchError) -> StepMeasurement {
    try generatorOptimizer.clearGradients()
    try discriminatorOptimizer.clearGradients()
    var means: [Tensor] = []
    for batch in realA.indices.split(into: batchSize ?? realA.count) {
      let losses = try addGradients(
        realA: Tensor(Array(realA[batch]), device: device),
        realB: Tensor(Array(realB[batch]), device: device),
        share: Double(batch.count) / Double(realA.count))
      for (i, loss) in losses.enumerated() {
        if means.count == i { means.append(loss) } else { means[i] = try means[i] + loss }
      }
    }
    return try measured(means)
  }

  /// Adds the gradients of one batch to those of the batches before it.
  ///
  /// - Parameters:
  ///   - realA: `[N, C, H, W] Float32 in -1...1`.
  ///   - realB: As many images.
  ///   - share: How much the batch counts, above 0 and at most 1.
  /// - Returns: The eight losses times the share, in the order of `Losses.names`.
  /// - Throws: `TorchError` if the images do not fit or the device is out of memory.
  private func addGradients(
    realA: Tensor, realB: Tensor, share: Double
  ) throws(TorchError) -> [Tensor] {
    let images = try translations(realA: realA, realB: realB)
    let generators = try generatorGradients(images, share: share)
    let discriminators = try discriminatorGradients(images, share: share)
    var losses: [Tensor] = []
    for loss in discriminators + generators { losses.append(try loss.detached() * share) }
    return losses
  }

  /// Moves all networks against the gradients that `measure` found, and the means of the generators
  /// after them.
  ///
  /// - Parameter measurement: What `measure` gave; the gradients are shortened by it where they have
  ///   a limit.
  /// - Throws: `TorchError` if the device fails.
  public func learn(from measurement: StepMeasurement) throws(TorchError) {
    if let limit = options.gradientLimit {
      try generatorOptimizer.clipGradients(
        to: limit, length: measurement.gradientNorm(of: [.generatorAB, .generatorBA]))
      try discriminatorOptimizer.clipGradients(
        to: limit, length: measurement.gradientNorm(of: [.discriminatorA, .discriminatorB]))
    }
    try generatorOptimizer.step(rate: learningRate)
    try discriminatorOptimizer.step(rate: learningRate)
    try averages?.follow(
      (generatorAB, generatorBA), steps: generatorOptimizer.steps.max() ?? 0)
  }

  /// Runs every generator on everything the losses need, in the official order, on which the running
  /// statistics of a batch norm depend.
  func translations(realA: Tensor, realB: Tensor) throws(TorchError) -> Translations {
    let wantsIdentity = identityShare > 0
    let isJoint = wantsIdentity && mayJoin(realA, realB)
    let (fakeB, jointB) = try together(generatorAB, realA, isJoint ? realB : nil)
    let cycledA = try generatorBA(fakeB)
    let (fakeA, jointA) = try together(generatorBA, realB, isJoint ? realA : nil)
    let cycledB = try generatorAB(fakeA)
    let isMissing = wantsIdentity && !isJoint
    return Translations(
      realA: realA, realB: realB, fakeA: fakeA, fakeB: fakeB, cycledA: cycledA, cycledB: cycledB,
      identityA: try isMissing ? generatorBA(realA) : jointA,
      identityB: try isMissing ? generatorAB(realB) : jointB)
  }

  /// Freezes the discriminators, and finds the generators' gradients of the sum of their losses.
  ///
  /// - Returns: `adversarialAB`, `adversarialBA`, `cycleA`, `cycleB`, `identityA`, `identityB`.
  private func generatorGradients(
    _ images: Translations, share: Double
  ) throws(TorchError) -> [Tensor] {
    try setDiscriminatorsLearning(false)
    let losses = try generatorLosses(images)
    var sum = losses[0]
    for loss in losses.dropFirst() { sum = try sum + loss }
    try (sum * share).backward()
    return losses
  }

  private func generatorLosses(_ images: Translations) throws(TorchError) -> [Tensor] {
    let mode = options.ganMode
    let none = try Tensor([0], shape: [], device: device)
    func identity(_ real: Tensor, _ kept: Tensor?, _ weight: Double) throws(TorchError) -> Tensor {
      guard let kept else { return none }
      return try identityLoss(real: real, kept: kept) * (weight * identityShare)
    }
    return [
      try mode.adversarialLoss(discriminatorB(seen(images.fakeB)), real: true),
      try mode.adversarialLoss(discriminatorA(seen(images.fakeA)), real: true),
      try cycleLoss(real: images.realA, cycled: images.cycledA) * options.lambdaA,
      try cycleLoss(real: images.realB, cycled: images.cycledB) * options.lambdaB,
      try identity(images.realA, images.identityA, options.lambdaA),
      try identity(images.realB, images.identityB, options.lambdaB),
    ]
  }

  /// Finds both discriminators' gradients, each of its own loss; fakes come through the pools, B's
  /// first.
  ///
  /// - Returns: `discriminatorA`, `discriminatorB`.
  private func discriminatorGradients(
    _ images: Translations, share: Double
  ) throws(TorchError) -> [Tensor] {
    try setDiscriminatorsLearning(true)
    let oldB = try poolB.exchanged(images.fakeB.detached(), random: &random)
    let lossB = try discriminatorLoss(discriminatorB, real: images.realB, fake: oldB)
    try (lossB * share).backward()
    let oldA = try poolA.exchanged(images.fakeA.detached(), random: &random)
    let lossA = try discriminatorLoss(discriminatorA, real: images.realA, fake: oldA)
    try (lossA * share).backward()
    return [lossA, lossB]
  }

  /// Half of how badly a discriminator tells real from fake; the penalty of wgangp is halved too.
  private func discriminatorLoss(
    _ discriminator: TrainableNetwork, real: Tensor, fake: Tensor
  ) throws(TorchError) -> Tensor {
    let (real, fake) = (try seen(real), try seen(fake))
    let (onReal, onFake) = try together(discriminator, real, fake)
    let mode = options.ganMode
    var loss = try mode.adversarialLoss(onReal, real: true)
    if let onFake { loss = try loss + mode.adversarialLoss(onFake, real: false) }
    if mode == .wgangp {
      loss =
        try loss
        + gradientPenalty(
          of: discriminator, real: real, fake: fake, device: device, random: &random)
    }
    return try loss * 0.5
  }

  /// Images as the discriminators see them.
  private func seen(_ images: Tensor) throws(TorchError) -> Tensor {
    try images.augmented(options.augmentations, random: &augmentationRandom)
  }

  /// Runs a network on two batches: as one where its layers treat every image by itself, which
  /// gives the same and is faster, else one after the other.
  private func together(
    _ network: TrainableNetwork, _ first: Tensor, _ second: Tensor?
  ) throws(TorchError) -> (Tensor, Tensor?) {
    guard let second else { return (try network(first), nil) }
    guard mayJoin(first, second) else {
      return (try network(first), try network(second))
    }
    let count = first.shape[0]
    let both = try network(Tensor.concatenated([first, second]))
    return (try both.items(0..<count), try both.items(count..<2 * count))
  }

  /// Whether two batches may run as one.
  private func mayJoin(_ first: Tensor, _ second: Tensor) -> Bool {
    options.norm != .batch && first.shape == second.shape
  }

  private func setDiscriminatorsLearning(_ learning: Bool) throws(TorchError) {
    try discriminatorA.setLearning(learning)
    try discriminatorB.setLearning(learning)
  }
}

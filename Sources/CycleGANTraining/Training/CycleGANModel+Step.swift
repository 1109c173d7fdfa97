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
    if measurement.trouble == nil { try learn() }
    return measurement.losses
  }

  /// Finds the losses of one batch of each domain and all their gradients, and changes no parameter.
  ///
  /// The fakes that the discriminators are shown are those of the generators before their update,
  /// as in the official code, so that both optimizers may wait until all has been measured.
  ///
  /// - Parameters:
  ///   - realA: Frames of one size.
  ///   - realB: As many frames, of one size.
  /// - Returns: What `learn()` would learn from.
  /// - Throws: `TorchError` if the frames do not fit or the device is out of memory.
  ///
  /// Source: `optimize_parameters` in the official cycle_gan_model.py.
  public func measure(realA: [Frame], realB: [Frame]) throws(TorchError) -> StepMeasurement {
    let images = try translations(
      realA: Tensor(realA, device: device), realB: Tensor(realB, device: device))
    let generators = try generatorGradients(images)
    let discriminators = try discriminatorGradients(images)
    return try measured(discriminators + generators)
  }

  /// Moves all networks against the gradients that `measure` found, and the means of the generators
  /// after them.
  ///
  /// - Throws: `TorchError` if the device fails.
  public func learn() throws(TorchError) {
    try generatorOptimizer.step(rate: learningRate)
    try discriminatorOptimizer.step(rate: learningRate)
    try averages?.follow(
      (generatorAB, generatorBA), steps: generatorOptimizer.steps.max() ?? 0)
  }

  /// Runs every generator on everything the losses need, in the official order, on which the running
  /// statistics of a batch norm depend.
  func translations(realA: Tensor, realB: Tensor) throws(TorchError) -> Translations {
    let wantsIdentity = options.lambdaIdentity > 0
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
  private func generatorGradients(_ images: Translations) throws(TorchError) -> [Tensor] {
    try setDiscriminatorsLearning(false)
    try generatorOptimizer.clearGradients()
    let losses = try generatorLosses(images)
    var sum = losses[0]
    for loss in losses.dropFirst() { sum = try sum + loss }
    try sum.backward()
    return losses
  }

  private func generatorLosses(_ images: Translations) throws(TorchError) -> [Tensor] {
    let mode = options.ganMode
    let none = try Tensor([0], shape: [], device: device)
    func identity(_ real: Tensor, _ kept: Tensor?, _ weight: Double) throws(TorchError) -> Tensor {
      guard let kept else { return none }
      return try identityLoss(real: real, kept: kept) * (weight * options.lambdaIdentity)
    }
    return [
      try mode.adversarialLoss(discriminatorB(images.fakeB), real: true),
      try mode.adversarialLoss(discriminatorA(images.fakeA), real: true),
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
  private func discriminatorGradients(_ images: Translations) throws(TorchError) -> [Tensor] {
    try setDiscriminatorsLearning(true)
    try discriminatorOptimizer.clearGradients()
    let oldB = try poolB.exchanged(images.fakeB.detached(), random: &random)
    let lossB = try discriminatorLoss(discriminatorB, real: images.realB, fake: oldB)
    try lossB.backward()
    let oldA = try poolA.exchanged(images.fakeA.detached(), random: &random)
    let lossA = try discriminatorLoss(discriminatorA, real: images.realA, fake: oldA)
    try lossA.backward()
    return [lossA, lossB]
  }

  /// Half of how badly a discriminator tells real from fake; the penalty of wgangp is halved too.
  private func discriminatorLoss(
    _ discriminator: TrainableNetwork, real: Tensor, fake: Tensor
  ) throws(TorchError) -> Tensor {
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

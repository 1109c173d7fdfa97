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
  /// Runs every generator on everything the losses need, in the official order, on which the running
  /// statistics of a batch norm depend.
  func translations(realA: Tensor, realB: Tensor) throws(TorchError) -> Translations {
    let wantsIdentity = identityWeight > 0
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
  func generatorGradients(
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
      return try identityLoss(real: real, kept: kept) * (weight * identityWeight)
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
  func discriminatorGradients(
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

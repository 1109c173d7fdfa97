import CycleGAN

extension TrainingOptions {
  /// Refuses what cannot be computed, before the first image is read.
  ///
  /// - Throws: `TrainingError.options` with the numbers and the way out.
  public func validate() throws(TrainingError) {
    try requireAtLeast(
      1,
      [
        ("--ngf", model.generatorWidth), ("--ndf", model.discriminatorWidth),
        ("--batch-size", batchSize), ("--load-size", preprocessing.loadSize),
        ("--crop-size", preprocessing.cropSize), ("--print-freq", logEvery),
        ("--save-latest-freq", saveEvery ?? 1), ("--save-epoch-freq", saveEveryEpochs ?? 1),
        ("--save-every", saveEverySteps ?? 1), ("--lr-decay-iters", decayEvery),
        ("--threads", threads),
        ("--max-dataset-size", maximumCount ?? 1), ("--max-steps", maximumSteps ?? 1),
        ("--n-epochs and --n-epochs-decay together", totalEpochs),
      ])
    try requireAtLeast(2, [("--keep", keptCheckpoints)])
    try requireAtLeast(
      0,
      [
        ("--n-epochs", epochs), ("--n-epochs-decay", decayEpochs), ("--pool-size", model.poolSize),
        ("--num-threads", loadingThreads),
      ])
    for (name, count) in [("--threads", threads), ("--num-threads", loadingThreads)]
    where count > 1024 {
      throw .options("\(name) must be at most 1024, not \(count)")
    }
    try requireNumbers()
    try requireMethod()
    try requireChannels()
    try requireSides()
    guard model.precision.isAvailable || device != "cpu" else {
      throw .unavailable(
        "--amp bf16: this processor has no bfloat16 arithmetic (AVX512-BF16), "
          + "leave the option out")
    }
  }

  private func requireAtLeast(
    _ least: Int, _ options: [(name: String, value: Int)]
  ) throws(TrainingError) {
    for option in options where option.value < least {
      throw .options("\(option.name) must be at least \(least), not \(option.value)")
    }
  }

  private func requireNumbers() throws(TrainingError) {
    let notNegative = [
      ("--lr", model.learningRate), ("--lambda-A", model.lambdaA), ("--lambda-B", model.lambdaB),
      ("--lambda-identity", model.lambdaIdentity), ("--init-gain", model.initGain),
      ("--max-bad", maximumBad), ("--save-minutes", saveEveryMinutes ?? 0),
    ]
    for (name, value) in notNegative where !(value >= 0 && value.isFinite) {
      throw .options("\(name) must be a number of at least 0, not \(value)")
    }
    for (name, value) in [("--beta1", model.beta1), ("--ema", model.averageDecay ?? 0)]
    where !(0..<1).contains(value) {
      throw .options("\(name) must be at least 0 and below 1, not \(value)")
    }
  }

  private func requireChannels() throws(TrainingError) {
    let channels = [("--input-nc", model.channelsA), ("--output-nc", model.channelsB)]
    for (name, count) in channels where count != 1 && count != 3 {
      throw .options("\(name) must be 1 (grey) or 3 (colour), not \(count)")
    }
    guard model.lambdaIdentity == 0 || model.channelsA == model.channelsB else {
      throw .options(
        "the identity loss needs as many channels in A as in B, not \(model.channelsA) and "
          + "\(model.channelsB); use --lambda-identity 0")
    }
  }

  private func requireSides() throws(TrainingError) {
    let mode = preprocessing.mode
    if mode == .resizeAndCrop || mode == .scaleWidthAndCrop,
      preprocessing.loadSize < preprocessing.cropSize
    {
      throw .options(
        "--load-size \(preprocessing.loadSize) is smaller than --crop-size "
          + "\(preprocessing.cropSize), so that nothing can be cut out")
    }
    guard mode != .none else { return }
    let needs = preparations.0
    let (name, side) =
      mode == .scaleWidth
      ? ("--load-size", preprocessing.loadSize) : ("--crop-size", preprocessing.cropSize)
    guard side % needs.sideMultiple == 0, side >= needs.minimumSide else {
      throw .options(
        "\(model.generatorKind) and its discriminators need sides that are multiples of "
          + "\(needs.sideMultiple), at least \(needs.minimumSide), and \(name) is \(side)")
    }
  }

  /// The one size that all images of a domain must have where real and translated ones, or those of
  /// different steps, come into one batch.
  ///
  /// - Parameters:
  ///   - realA: Any image of A.
  ///   - realB: Any image of B.
  /// - Returns: Nil where every batch may have its own size.
  /// - Throws: `TrainingError.options` if the two would have to have one size, and do not.
  func requiredSizes(
    _ realA: Frame, _ realB: Frame
  ) throws(TrainingError) -> (A: RequiredSize, B: RequiredSize)? {
    let mixes = model.ganMode == .wgangp
    guard mixes || (batchSize > 1 && model.poolSize > 0) else { return nil }
    let reason = mixes ? RequiredSize.Reason.gradientPenalty : .pool(batchSize: batchSize)
    let sizes = (RequiredSize(of: realA, for: reason), RequiredSize(of: realB, for: reason))
    if mixes { try sizes.0.require([realB], ["the first image of B"]) }
    return sizes
  }
}

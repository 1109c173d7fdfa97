import CycleGAN

/// What goes beyond the paper. Left alone, each option is null in config.json, so that a run that was
/// begun before there was such an option goes on.
extension TrainingOptions {
  /// The options by their names on the command line.
  var method: [(name: String, value: JSON)] {
    [
      ("upsample", model.upsampling == .transpose ? .null : .string(model.upsampling.rawValue)),
      ("diff-augment", model.augmentations.isEmpty ? .null : .string(augmentationWords)),
      ("identity-warmup", identityWarmup.map { .integer($0) } ?? .null),
      ("identity-after", identityAfterWarmup == 0 ? .null : .number(identityAfterWarmup)),
      ("lr-decay-by", decayInterval == .epoch ? .null : .string(decayInterval.rawValue)),
      ("grad-checkpointing", model.savesMemory ? .bool(true) : .null),
      ("accumulate", batchesPerStep == 1 ? .null : .integer(batchesPerStep)),
      ("clip-grad", model.gradientLimit.map { .number($0) } ?? .null),
    ]
  }

  private var augmentationWords: String {
    Augmentation.allCases.filter(model.augmentations.contains).map(\.rawValue)
      .joined(separator: ",")
  }

  /// Sets what changes in the course of a run, for its next step.
  ///
  /// - Parameters:
  ///   - model: What is trained.
  ///   - position: Where the run is; all follows from it, so that an interruption changes nothing.
  ///   - stepsPerEpoch: Steps of an epoch.
  func prepare(_ model: CycleGANModel, _ position: RunPosition, stepsPerEpoch: Int) {
    switch decayInterval {
    case .epoch: model.learningRate = schedule.rate(epoch: position.epoch)
    case .step:
      model.learningRate = schedule.rate(
        epoch: position.epoch, step: position.place, of: stepsPerEpoch)
    }
    model.identityShare = identityShare(epoch: position.epoch)
  }

  /// Weight of the identity losses, relative to their cycle's.
  ///
  /// Colours are inverted in the first epochs or never, and the identity losses keep generators from
  /// it; afterwards they keep them from changing colours that should change.
  ///
  /// - Parameter epoch: Counted from 1.
  /// - Returns: The official weight, and another one after the warm-up.
  ///
  /// Source: Park in issue 213 of the official code, "at least in the first epoch".
  func identityShare(epoch: Int) -> Double {
    guard let identityWarmup, epoch > identityWarmup else { return model.lambdaIdentity }
    return identityAfterWarmup
  }

  /// Refuses what cannot be computed.
  func requireMethod() throws(TrainingError) {
    guard decayInterval == .epoch || policy == .linear else {
      throw .options(
        "--lr-decay-by \(decayInterval.rawValue) needs --lr-policy linear, not \(policy.rawValue)")
    }
    if case .unet = model.generatorKind, model.upsampling != .transpose {
      throw .options(
        "--upsample \(model.upsampling.rawValue) needs a --netG resnet_Nblocks, not "
          + "\(model.generatorKind)")
    }
    try requireWarmup()
    guard (1...1 << 20).contains(batchesPerStep), batchSize <= 1 << 20 else {
      throw .options(
        "--accumulate and --batch-size must be from 1 to \(1 << 20), not \(batchesPerStep) and "
          + "\(batchSize)")
    }
    if let limit = model.gradientLimit, !(limit > 0 && limit.isFinite) {
      throw .options("--clip-grad must be a number above 0, not \(limit)")
    }
  }

  private func requireWarmup() throws(TrainingError) {
    guard identityAfterWarmup >= 0, identityAfterWarmup.isFinite else {
      throw .options("--identity-after must be a number of at least 0, not \(identityAfterWarmup)")
    }
    guard let identityWarmup else {
      guard identityAfterWarmup == 0 else {
        throw .options("--identity-after needs --identity-warmup, the number of epochs before")
      }
      return
    }
    guard identityWarmup >= 1 else {
      throw .options("--identity-warmup must be at least 1, not \(identityWarmup)")
    }
    guard model.lambdaIdentity > 0 else {
      throw .options(
        "--identity-warmup \(identityWarmup) needs a --lambda-identity above 0 to warm up with")
    }
  }
}

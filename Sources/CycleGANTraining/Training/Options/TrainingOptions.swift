import CycleGAN

/// Everything that decides what a run computes, and how often it logs and saves.
package struct TrainingOptions: Sendable, Equatable {
  /// Networks, losses and optimizers.
  package var model = ModelOptions()
  /// Resizing, cropping and flipping; the channels are set per domain.
  package var preprocessing = Preprocessing()
  /// Whether A and B are swapped: the official `--direction BtoA`.
  package var isReversed = false
  /// The most images of a domain: the official `--max_dataset_size`.
  package var maximumCount: Int?
  /// Images of each domain in a batch: the official `--batch_size`.
  package var batchSize = 1
  /// Batches whose gradients are averaged in a step: `--accumulate`.
  package var batchesPerStep = 1
  /// Whether images are taken in order: the official `--serial_batches`.
  package var serialBatches = false
  /// Epochs at the full learning rate: the official `--n_epochs`.
  package var epochs = 100
  /// Epochs in which it decays to zero: the official `--n_epochs_decay`.
  package var decayEpochs = 100
  /// Schedule of the learning rate: the official `--lr_policy`.
  package var policy = LearningRateSchedule.Policy.linear
  /// Whether a linear schedule decays every epoch or every step: `--lr-decay-by`.
  package var decayInterval = LearningRateSchedule.Interval.epoch
  /// Epochs between steps of the policy `step`: the official `--lr_decay_iters`.
  package var decayEvery = 50
  /// Epochs after which the identity losses get another weight; nil if they keep theirs.
  package var identityWarmup: Int?
  /// Their weight then, relative to their cycle's.
  package var identityAfterWarmup = 0.0
  /// Seed of weights, order, crops, flips, pools and dropout.
  package var seed: UInt64 = 0
  /// Stops early after this many steps.
  package var maximumSteps: Int?
  /// Images between rows of the log: the official `--print_freq`.
  package var logEvery = 100
  /// Images between checkpoints: the official `--save_latest_freq`; nil if they do not count.
  package var saveEvery: Int? = 5000
  /// Steps between checkpoints; nil if they do not count.
  package var saveEverySteps: Int?
  /// Epochs between checkpoints: the official `--save_epoch_freq`; nil if they do not count.
  package var saveEveryEpochs: Int? = 5
  /// Minutes between checkpoints; nil if they do not count.
  package var saveEveryMinutes: Double? = 10
  /// Checkpoints that stay, at least two.
  package var keptCheckpoints = 2
  /// What happens when an alarm begins.
  package var alarmResponse = AlarmResponse.warn
  /// Threads that decode images ahead of the steps: the official `--num_threads`.
  package var loadingThreads = 4
  /// The share of a domain's images that may be unusable.
  package var maximumBad = 0.001
  /// Limits and policy of decoding that are not the defaults, by their options' words: they decide
  /// which images can be used.
  package var changedLimits: [String: String] = [:]
  /// Memory for decoded images, bytes; nil for a quarter of the machine's.
  package var cacheBytes: Int?
  /// The device, in LibTorch's words.
  package var device = "cpu"
  /// Files of initial weights, as the words of `--init-from`; empty for random weights.
  package var initialWeights: [String] = []
  /// Compute threads.
  package var threads = 1

  /// The official defaults.
  package init() {}

  /// The official defaults, which the declarations of the options show.
  static let defaults = TrainingOptions()

  /// Every option, in the order of config.json.
  package static let table: [TrainingOption] =
    NetworkOptions.options + LossOptions.options + DataOptions.options + ScheduleOptions.options
    + CheckpointOptions.options + MethodOptions.options + decodingLimits + CacheOptions.options
    + ComputeOptions.options

  /// The options that say what the networks are, which weights files say too.
  package static let networkOptions: [TrainingOption] = {
    let names = [
      "netG", "ngf", "netD", "n-layers-D", "ndf", "norm", "dropout", "upsample", "input-nc",
      "output-nc",
    ]
    return table.filter { names.contains($0.name) }
  }()

  /// The limits of decoding, which all tools have; null for the default, which may differ from
  /// version to version.
  private static let decodingLimits = LimitOptions.words.map { name in
    TrainingOption(name) { $0.changedLimits[name].json }
  }

  /// Epochs in all.
  package var totalEpochs: Int { epochs + decayEpochs }

  /// Counts the steps of the whole run.
  ///
  /// - Parameter order: Has the steps of an epoch.
  /// - Returns: At least 1.
  func totalSteps(_ order: DataOrder) -> Int {
    let (all, isTooMany) = order.stepsPerEpoch.multipliedReportingOverflow(by: totalEpochs)
    return min(isTooMany ? .max : all, maximumSteps ?? .max)
  }

  /// The schedule of the learning rate.
  var schedule: LearningRateSchedule {
    LearningRateSchedule(
      policy, learningRate: model.learningRate, epochs: epochs, decayEpochs: decayEpochs,
      decayEvery: decayEvery)
  }

  /// Weight of the identity losses, relative to the cycle losses.
  ///
  /// Colors are inverted in the first epochs or never, and the identity losses keep generators from
  /// it; afterwards they keep them from changing colors that should change.
  ///
  /// - Parameter epoch: Counted from 1.
  /// - Returns: The official weight, and another one after the warm-up.
  ///
  /// Source: Park in issue 213 of the official code, "at least in the first epoch".
  func identityWeight(epoch: Int) -> Double {
    guard let identityWarmup, epoch > identityWarmup else { return model.lambdaIdentity }
    return identityAfterWarmup
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
        epoch: position.epoch, step: position.stepInEpoch, of: stepsPerEpoch)
    }
    model.identityWeight = identityWeight(epoch: position.epoch)
  }

  /// How the images of A and of B are prepared.
  var preparations: (ImagePreparation, ImagePreparation) {
    let network = model.generatorAB.network
    let minimum = max(network.minimumSide, model.discriminatorA.network.minimumSide)
    func preparation(_ channels: Int) -> ImagePreparation {
      var own = preprocessing
      own.channels = channels
      return ImagePreparation(
        own, sideMultiple: network.sideMultiple, minimumSide: minimum)
    }
    return (preparation(model.channelsA), preparation(model.channelsB))
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

extension TrainingOptions {
  /// Refuses values out of range and contradictions, before the first image is read.
  ///
  /// - Throws: `TrainingError.options` with the numbers and a hint, `.unavailable` if the processor
  ///   lacks something.
  package func validate() throws(TrainingError) {
    for option in Self.table { try option.requireRange(self) }
    for contradiction in [
      scheduleContradiction, upsamplingContradiction, identityContradiction, sizeContradiction,
    ] {
      if let contradiction { throw .options(contradiction) }
    }
    guard model.precision.isAvailable || device != "cpu" else {
      throw .unavailable(
        "--amp bf16: this processor has no bfloat16 arithmetic (AVX512-BF16), "
          + "leave the option out")
    }
  }

  private var scheduleContradiction: String? {
    if totalEpochs < 1 {
      return "--n-epochs and --n-epochs-decay together must be at least 1, not 0"
    }
    guard decayInterval != .epoch, policy != .linear else { return nil }
    return
      "--lr-decay-by \(decayInterval.rawValue) needs --lr-policy linear, not \(policy.rawValue)"
  }

  private var upsamplingContradiction: String? {
    guard case .unet = model.generatorKind, model.upsampling != .transpose else { return nil }
    return
      "--upsample \(model.upsampling.rawValue) needs a --netG resnet_Nblocks, not "
      + "\(model.generatorKind)"
  }

  private var identityContradiction: String? {
    if identityWarmup == nil, identityAfterWarmup != 0 {
      return "--identity-after needs --identity-warmup, the number of epochs before"
    }
    if let identityWarmup, model.lambdaIdentity == 0 {
      return "--identity-warmup \(identityWarmup) needs a --lambda-identity above 0 to warm up with"
    }
    guard model.lambdaIdentity > 0, model.channelsA != model.channelsB else { return nil }
    return
      "the identity loss needs as many channels in A as in B, not \(model.channelsA) and "
      + "\(model.channelsB); use --lambda-identity 0"
  }

  private var sizeContradiction: String? {
    let (mode, load, crop) = (
      preprocessing.mode, preprocessing.loadSize, preprocessing.cropSize
    )
    if mode == .resizeAndCrop || mode == .scaleWidthAndCrop, load < crop {
      return
        "--load-size \(load) is smaller than --crop-size \(crop), so that nothing can be cropped"
    }
    guard mode != .none else { return nil }
    let needs = preparations.0
    let (name, side) = mode == .scaleWidth ? ("--load-size", load) : ("--crop-size", crop)
    let trained = mode == .scaleWidth ? Preprocessing.rounded(side) : side
    guard trained % needs.sideMultiple != 0 || trained < needs.minimumSide else { return nil }
    return
      "\(model.generatorKind) and its discriminators need sides that are multiples of "
      + "\(needs.sideMultiple), at least \(needs.minimumSide), and \(name) is \(side)"
  }
}

import CycleGAN

/// Everything that decides what a run computes, and how often it reports.
public struct TrainingOptions: Sendable, Equatable {
  /// Networks, losses and optimizers.
  public var model = ModelOptions()
  /// How images become what the networks see; its channels are set per domain.
  public var preprocessing = Preprocessing()
  /// Whether the folders of A and B have changed places: the official `--direction BtoA`.
  public var isReversed = false
  /// The most images of a domain: the official `--max_dataset_size`.
  public var maximumCount: Int?
  /// Images that go through the networks at a time: the official `--batch_size`.
  public var batchSize = 1
  /// Batches whose gradients a step learns from: `--accumulate`.
  public var batchesPerStep = 1
  /// Whether images are taken in order: the official `--serial_batches`.
  public var serialBatches = false
  /// Epochs at the full learning rate: the official `--n_epochs`.
  public var epochs = 100
  /// Epochs in which it falls to zero: the official `--n_epochs_decay`.
  public var decayEpochs = 100
  /// How the learning rate falls: the official `--lr_policy`.
  public var policy = LearningRateSchedule.Policy.linear
  /// Whether a linear rate falls every epoch or every step: `--lr-decay-by`.
  public var decayInterval = LearningRateSchedule.Interval.epoch
  /// Epochs between steps of the policy `step`: the official `--lr_decay_iters`.
  public var decayEvery = 50
  /// Epochs after which the identity losses get another weight; nil if they keep theirs.
  public var identityWarmup: Int?
  /// Their weight then, relative to their cycle's.
  public var identityAfterWarmup = 0.0
  /// Of weights, order, crops, flips, pools and dropout.
  public var seed: UInt64 = 0
  /// Stops early after this many steps.
  public var maximumSteps: Int?
  /// Images between rows of the log: the official `--print_freq`.
  public var logEvery = 100
  /// Images between checkpoints: the official `--save_latest_freq`; nil if they do not count.
  public var saveEvery: Int? = 5000
  /// Steps between checkpoints; nil if they do not count.
  public var saveEverySteps: Int?
  /// Epochs between checkpoints: the official `--save_epoch_freq`; nil if they do not count.
  public var saveEveryEpochs: Int? = 5
  /// Minutes between checkpoints; nil if they do not count.
  public var saveEveryMinutes: Double? = 10
  /// Checkpoints that stay, at least two.
  public var keptCheckpoints = 2
  /// What happens when an alarm begins.
  public var alarmResponse = AlarmResponse.warn
  /// Threads that decode images ahead of the steps: the official `--num_threads`.
  public var loadingThreads = 4
  /// The share of a domain's images that may be unusable.
  public var maximumBad = 0.001
  /// Limits and policy of decoding that are not the defaults, by their options' words: they decide
  /// which images can be used.
  public var changedLimits: [String: String] = [:]
  /// Memory for decoded images, bytes; nil for a share of the machine's.
  public var cacheBytes: Int?
  /// LibTorch's word for the device.
  public var device = "cpu"
  /// What the networks begin with, as `--init-from` says it; empty for nothing.
  public var initialWeights: [String] = []
  /// Threads of every step.
  public var threads = 1

  /// The official defaults.
  public init() {}

  /// Epochs in all.
  public var totalEpochs: Int { epochs + decayEpochs }

  /// The learning rate's course.
  var schedule: LearningRateSchedule {
    LearningRateSchedule(
      policy, learningRate: model.learningRate, epochs: epochs, decayEpochs: decayEpochs,
      decayEvery: decayEvery)
  }

  /// What happens to the images of A and of B.
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
}

import CycleGAN

extension TrainingOptions {
  /// The options by their names on the command line, as config.json keeps them.
  var described: [(name: String, value: JSON)] {
    networks + losses + data + course + method + limits
      + [
        ("device", .string(device)), ("threads", .integer(threads)),
        ("amp", model.precision == .float32 ? .null : .string(model.precision.rawValue)),
        ("seed", .string(String(seed))),
        (
          "init-from",
          initialWeights.isEmpty ? .null : .string(initialWeights.joined(separator: " "))
        ),
      ]
  }

  /// Options that may change when a run goes on: they do not change what is computed in the steps
  /// that are left, or the user asks for exactly that.
  static let free: Set = [
    "n-epochs", "n-epochs-decay", "max-steps", "print-freq", "save-latest-freq", "save-epoch-freq",
    "save-minutes", "save-every", "keep", "on-alarm", "num-threads", "max-bad", "device", "threads",
    "init-from", "grad-checkpointing", "cache",
  ]

  /// Null where they are the defaults, which may differ from version to version.
  private var limits: [(name: String, value: JSON)] {
    LimitOptions.words.map { ($0, changedLimits[$0].map { .string($0) } ?? .null) }
      + [("cache", cacheBytes.map { .integer($0) } ?? .null)]
  }

  private var networks: [(name: String, value: JSON)] {
    [
      ("netG", .string(model.generatorKind.description)), ("ngf", .integer(model.generatorWidth)),
      ("netD", .string(model.discriminatorKind.word)),
      ("n-layers-D", .integer(model.discriminatorKind.layers)),
      ("ndf", .integer(model.discriminatorWidth)), ("norm", .string(model.norm.rawValue)),
      ("dropout", .bool(model.dropout)), ("input-nc", .integer(model.channelsA)),
      ("output-nc", .integer(model.channelsB)), ("init-type", .string(model.initType.rawValue)),
      ("init-gain", .number(model.initGain)),
    ]
  }

  private var losses: [(name: String, value: JSON)] {
    [
      ("gan-mode", .string(model.ganMode.rawValue)), ("lambda-A", .number(model.lambdaA)),
      ("lambda-B", .number(model.lambdaB)), ("lambda-identity", .number(model.lambdaIdentity)),
      ("pool-size", .integer(model.poolSize)),
    ]
  }

  private var data: [(name: String, value: JSON)] {
    [
      ("direction", .string(isReversed ? "BtoA" : "AtoB")),
      ("preprocess", .string(preprocessing.mode.rawValue)),
      ("load-size", .integer(preprocessing.loadSize)),
      ("crop-size", .integer(preprocessing.cropSize)), ("flip", .bool(preprocessing.flips)),
      ("max-dataset-size", maximumCount.map { .integer($0) } ?? .null),
      ("batch-size", .integer(batchSize)), ("serial-batches", .bool(serialBatches)),
      ("num-threads", .integer(loadingThreads)), ("max-bad", .number(maximumBad)),
    ]
  }

  private var course: [(name: String, value: JSON)] {
    [
      ("lr", .number(model.learningRate)), ("beta1", .number(model.beta1)),
      ("ema", model.averageDecay.map { .number($0) } ?? .null),
      ("lr-policy", .string(policy.rawValue)), ("lr-decay-iters", .integer(decayEvery)),
      ("n-epochs", .integer(epochs)), ("n-epochs-decay", .integer(decayEpochs)),
      ("max-steps", maximumSteps.map { .integer($0) } ?? .null),
      ("print-freq", .integer(logEvery)),
      ("save-latest-freq", saveEvery.map { .integer($0) } ?? .null),
      ("save-epoch-freq", saveEveryEpochs.map { .integer($0) } ?? .null),
      ("save-minutes", saveEveryMinutes.map { .number($0) } ?? .null),
      ("save-every", saveEverySteps.map { .integer($0) } ?? .null),
      ("keep", .integer(keptCheckpoints)), ("on-alarm", .string(alarmResponse.rawValue)),
    ]
  }
}

extension DiscriminatorArchitecture.Kind {
  /// The official option's word.
  var word: String {
    switch self {
    case .patch(layers: 3): "basic"
    case .patch: "n_layers"
    case .pixel: "pixel"
    }
  }

  /// Strided layers; 0 for the pixel discriminator.
  var layers: Int {
    guard case .patch(let layers) = self else { return 0 }
    return layers
  }
}

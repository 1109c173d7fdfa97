import CycleGAN

/// One run: from where its directory stands to its last step.
public final class Trainer {
  /// How a run came to its end.
  public enum Outcome: Sendable, Equatable {
    /// The four weights files are there.
    case finished(steps: Int)
    /// It had been finished before.
    case alreadyFinished(steps: Int)
    /// It was asked to stop; a checkpoint of this step is there.
    case stopped(step: Int)
  }

  let options: TrainingOptions
  let directory: RunDirectory
  var data: TrainingData
  let heldOut: HeldOutImages?
  let hooks: TrainerHooks
  let configuration: RunConfiguration
  let reports: RunReports
  var position = RunPosition()
  var lastSave = ContinuousClock.now
  var firstStep = 0
  var warned: Set<String> = []
  var health = HealthWatch()
  /// The last epoch that was validated; 0 for none.
  var validatedEpoch = 0
  /// The best of the epochs validated so far.
  var best: BestEpoch?
  /// What tests put between the loader and a step: they break images and weights.
  var beforeStep: (BatchLoader.Batch, CycleGANModel) throws(TrainingError) -> BatchLoader.Batch =
    { batch, _ in batch }

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - options: What it computes.
  ///   - directory: Where it lives, locked.
  ///   - images: Domain A and domain B, each at least one image.
  ///   - heldOut: What every epoch is measured on; nil for no validation.
  ///   - hooks: What the tool wants to know.
  /// - Throws: `TrainingError.options` for a combination that makes no sense.
  public init(
    _ options: TrainingOptions, directory: RunDirectory,
    images: (TrainingImages, TrainingImages), heldOut: HeldOutImages? = nil,
    hooks: TrainerHooks = TrainerHooks()
  ) throws(TrainingError) {
    try options.validate()
    self.options = options
    self.directory = directory
    self.heldOut = heldOut
    self.hooks = hooks
    data = TrainingData(
      images, options.preparations, batchSize: options.batchSize,
      batchesPerStep: options.batchesPerStep, serial: options.serialBatches, seed: options.seed)
    configuration = RunConfiguration(options, data, heldOut)
    reports = RunReports(directory.path, configuration.json, warn: hooks.warn)
  }

  /// How far the run is, in the epoch of its last step.
  var place: RunPlace {
    RunPlace(
      step: position.step, totalSteps: totalSteps,
      epoch: max(1, position.place == 0 ? position.epoch - 1 : position.epoch),
      totalEpochs: options.totalEpochs)
  }

  var totalSteps: Int {
    let (all, isTooMany) = data.order.stepsPerEpoch.multipliedReportingOverflow(
      by: options.totalEpochs)
    return min(isTooMany ? .max : all, options.maximumSteps ?? .max)
  }

  /// What a run has at hand while it trains.
  struct Session {
    let model: CycleGANModel
    let tables: RunTables
    let grid: SampleGrid
    let probe: Probe
    let validation: Validation?
  }

  /// Trains until the last step, or until it is asked to stop.
  ///
  /// - Returns: How it ended.
  /// - Throws: `TrainingError`; what was saved before stays.
  public func run() throws(TrainingError) -> Outcome {
    let checkpoint = try findCheckpoint()
    if let checkpoint, checkpoint.position.step >= totalSteps,
      hasWeights(steps: checkpoint.position.step)
    {
      return .alreadyFinished(steps: checkpoint.position.step)
    }
    let session = try begin(checkpoint)
    do throws(TrainingError) {
      guard try train(session) else {
        try save(session)
        reports.writePage(.stopped, place)
        return .stopped(step: position.step)
      }
      draw(session)
      try writeWeights(session.model)
    } catch {
      if case .alarm = error {
        reports.writePage(.stopped, place)
      } else {
        reports.writePage(.failed, place)
      }
      throw error
    }
    reports.writePage(.finished, place)
    if let best {
      hooks.note(
        "best on held-out images after epoch \(best.epoch) by \(best.merit.rawValue): "
          + "\(RunDirectory.weights(of: .generatorAB, in: directory.best))")
    }
    return .finished(steps: position.step)
  }

  /// Makes everything ready for the next step.
  private func begin(_ checkpoint: Checkpoint?) throws(TrainingError) -> Session {
    let model = try makeModel()
    try start(model, checkpoint)
    let grid = try sampleGrid()
    data.requiredSizes = try options.requiredSizes(grid.realA, grid.realB)
    let session = Session(
      model: model,
      tables: try RunTables(directory.path, checkpoint?.tables ?? [:], warn: hooks.warn),
      grid: grid, probe: try Probe(data), validation: try makeValidation(model))
    firstStep = position.step
    // A full or read-only disk shows now, not after the first epoch.
    if checkpoint == nil { try save(session) }
    try write(configuration)
    reports.begin(at: position.step, samples: try directory.sampleSteps())
    reports.writePage(.training, place)
    return session
  }

  /// Trains all steps that are left, and saves; goes back where something is not finite.
  ///
  /// - Returns: Whether it came to the end.
  private func train(_ session: Session) throws(TrainingError) -> Bool {
    while true {
      do throws(TrainingError) {
        while position.step < totalSteps {
          guard try validateIfDue(session), try trainEpoch(session) else { return false }
        }
        guard try validateIfDue(session) else { return false }
        if position.step > firstStep { try save(session) }
        return true
      } catch .notFinite(let reason) {
        try goBack(session, reason)
      }
    }
  }

  /// Trains what is left of an epoch.
  ///
  /// - Returns: Whether to go on.
  private func trainEpoch(_ session: Session) throws(TrainingError) -> Bool {
    let loader = try BatchLoader(
      epoch: position.epoch, from: position.place, data, threads: max(1, options.loadingThreads))
    defer { loader.stop() }
    for _ in position.place..<data.order.stepsPerEpoch where position.step < totalSteps {
      let batch = try reports.waiting { () throws(TrainingError) in try loader.next() }
      reportFlatImages()
      try reportBadImages()
      options.prepare(session.model, position, stepsPerEpoch: data.order.stepsPerEpoch)
      let before = position
      let measurement = try step(session.model, beforeStep(batch, session.model))
      position.advance(data.order)
      let alarms = try watch(measurement, session)
      try report(before, measurement.losses, session)
      if options.alarmResponse == .stop, !alarms.isEmpty {
        try save(session)
        throw .alarm(
          "stopped and saved after step \(position.step) by "
            + alarms.map(\.word).joined(separator: ", "))
      }
      guard position.step < totalSteps else { break }
      if hooks.stops() { return false }
      let isAsked = hooks.saves()
      if isAsked || isSaveDue(before) { try saveAndGoOn(session, isAsked: isAsked) }
    }
    return true
  }
}

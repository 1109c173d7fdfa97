import CycleGAN

/// What one process does of a run: the loop over epochs and steps, and everything it works with.
final class TrainingSession {
  /// What may change a batch, or the model, before a step.
  typealias BatchFilter = (BatchLoader.Batch, CycleGANModel) throws(TrainingError) ->
    BatchLoader.Batch

  private let options: TrainingOptions
  private let directory: RunDirectory
  private let configuration: RunConfiguration
  private let hooks: TrainerHooks
  private let beforeStep: BatchFilter
  private let model: CycleGANModel
  private let tables: RunTables
  private let reports: RunReports
  private let samples: SampleGrid
  private let probe: Probe
  private let validation: Validation?
  private let weights: WeightsPublisher
  private var data: TrainingData
  private var state = RunState()
  private var saving: SavePolicy
  private var images: ImageProblems
  /// Steps that were done before this process continued.
  private var firstStep = 0
  /// The last step, if log.tsv has no row of it.
  private var unlogged: (step: TrainingProgress, epoch: Int)?

  /// Makes everything ready for the next step: loads the checkpoint or the initial weights, opens the
  /// tables, and writes config.json.
  ///
  /// - Throws: `TrainingError` if images or weights cannot be used or files cannot be written.
  init(
    _ options: TrainingOptions, _ directory: RunDirectory, _ data: TrainingData,
    _ heldOut: HeldOutImages?, _ configuration: RunConfiguration, _ hooks: TrainerHooks,
    _ beforeStep: @escaping BatchFilter, _ checkpoint: Checkpoint?,
    _ initial: InitialWeights? = nil
  ) throws(TrainingError) {
    (self.options, self.directory, self.configuration) = (options, directory, configuration)
    (self.hooks, self.beforeStep, self.data) = (hooks, beforeStep, data)
    model = try Self.model(options)
    if let checkpoint {
      state = try checkpoint.restore(model, in: directory, configuration)
      self.data.order.reshuffle = state.rollback
      if (1..<options.totalSteps(data.order)).contains(state.position.step) {
        hooks.note(
          "resuming after step \(state.position.step) of \(options.totalSteps(data.order))")
      }
    } else if !options.initialWeights.isEmpty {
      let initial = if let initial { initial } else { try InitialWeights(options.initialWeights) }
      try initial.load(into: model, note: hooks.note)
    }
    samples = SampleGrid(realA: try data.fixed(.A, 0), realB: try data.fixed(.B, 0))
    self.data.requiredSizes = try options.requiredSizes(samples.realA, samples.realB)
    tables = try RunTables(
      directory.path, checkpoint?.tables ?? [:],
      keepsRest: state.position.step >= options.totalSteps(data.order), warn: hooks.warn)
    probe = try Probe(data)
    let device = model.device
    validation = try heldOut.map { heldOut throws(TrainingError) in
      try Validation(heldOut, options, device: device, warn: hooks.warn)
    }
    reports = RunReports(directory.path, configuration.json, warn: hooks.warn)
    weights = WeightsPublisher(options, directory)
    saving = SavePolicy(options, data.order)
    images = ImageProblems(maximumShare: options.maximumBad, warn: hooks.warn)
    firstStep = state.position.step
    // A full or read-only disk shows now, not after the first epoch.
    if checkpoint == nil { try save() }
    try directory.write(configuration)
    reports.begin(at: state.position.step, samples: try directory.sampleSteps())
    reports.writePage(.training, progress)
  }

  private static func model(_ options: TrainingOptions) throws(TrainingError) -> CycleGANModel {
    do throws(TorchError) {
      try Device.setThreads(options.threads)
      return try CycleGANModel(
        options.model, device: Device(options.device),
        random: RandomSource(seed: options.seed).stream(Purpose.model))
    } catch {
      throw .torch(error)
    }
  }

  // MARK: - The story of a run

  /// Trains, and writes the weights at the end.
  ///
  /// - Returns: How it ended.
  /// - Throws: `TrainingError`; what was saved before stays.
  func run() throws(TrainingError) -> Trainer.Outcome {
    do throws(TrainingError) {
      guard try train() else {
        try save()
        reports.writePage(.stopped, progress)
        return .stopped(step: state.position.step)
      }
      drawSamples()
      try weights.publish(model, step: state.position.step)
    } catch {
      if case .alarm = error {
        reports.writePage(.stopped, progress)
      } else {
        reports.writePage(.failed, progress)
      }
      throw error
    }
    reports.writePage(.finished, progress)
    if let best = state.best {
      hooks.note(
        "best on held-out images after epoch \(best.epoch) by \(best.metric.rawValue): "
          + "\(RunDirectory.weights(of: .generatorAB, in: directory.best))")
    }
    return .finished(steps: state.position.step)
  }

  /// Trains all epochs that are left; rolls back where something is non-finite.
  ///
  /// - Returns: Whether it came to the end, and was not asked to stop.
  private func train() throws(TrainingError) -> Bool {
    while true {
      do throws(TrainingError) {
        while !isAtEnd {
          guard try validateIfDue(), try trainEpoch() else { return false }
        }
        guard try validateIfDue() else { return false }
        if state.position.step > firstStep { try saveLast() }
        return true
      } catch .notFinite(let reason) {
        try rollBack(reason)
      }
    }
  }

  /// Trains what is left of an epoch.
  ///
  /// - Returns: Whether it was not asked to stop.
  private func trainEpoch() throws(TrainingError) -> Bool {
    let loader = try BatchLoader(
      epoch: state.position.epoch, from: state.position.stepInEpoch, data,
      threads: max(1, options.loadingThreads))
    defer { loader.stop() }
    for _ in state.position.stepInEpoch..<data.order.stepsPerEpoch where !isAtEnd {
      guard let batch = try batch(loader) else { return false }
      options.prepare(model, state.position, stepsPerEpoch: data.order.stepsPerEpoch)
      let before = state.position
      let measurement = try step(beforeStep(batch, model))
      state.position.advance(data.order)
      let alarms = try watchHealth(measurement)
      try report(before, measurement.losses)
      if options.alarmResponse == .stop, !alarms.isEmpty { try stop(by: alarms) }
      guard !isAtEnd else { break }
      if hooks.stops() { return false }
      let isRequested = hooks.saves()
      if isRequested || saving.saves(from: before, to: state.position) {
        try saveAndContinue(isRequested: isRequested)
      }
    }
    return true
  }

  /// Waits for the images of a step.
  ///
  /// Where there are none, what was learned since the last checkpoint is saved.
  ///
  /// - Returns: Nil if it was asked to stop meanwhile.
  private func batch(_ loader: BatchLoader) throws(TrainingError) -> BatchLoader.Batch? {
    do throws(TrainingError) {
      let batch = try reports.waiting { () throws(TrainingError) in try loader.next() }
      try images.report(data)
      return batch
    } catch {
      if hooks.stops() { return nil }
      guard state.position.step > 0 else { throw error }
      let end: String
      do throws(TrainingError) {
        try save()
        end =
          "stopped and saved after step \(state.position.step); run the same command again to resume"
      } catch let failure {
        end = "nothing was saved after step \(state.position.step): \(failure)"
      }
      throw error.with(end)
    }
  }

  private var isAtEnd: Bool { state.position.step >= options.totalSteps(data.order) }

  /// How far the run is, in the epoch of its last step.
  private var progress: RunProgress {
    let position = state.position
    return RunProgress(
      step: position.step, totalSteps: options.totalSteps(data.order),
      epoch: max(1, position.stepInEpoch == 0 ? position.epoch - 1 : position.epoch),
      totalEpochs: options.totalEpochs)
  }

  // MARK: - A step

  /// Does one step; a step with a non-finite loss or gradient changes no parameter.
  ///
  /// - Throws: `TrainingError.notFinite` naming what, the step and its images.
  private func step(_ batch: BatchLoader.Batch) throws(TrainingError) -> StepMeasurement {
    let measurement: StepMeasurement
    do {
      measurement = try model.step(
        realA: batch.realA, realB: batch.realB, batchSize: options.batchSize)
    } catch {
      throw .torch(error)
    }
    guard let nonFinite = measurement.nonFinite else { return measurement }
    throw .notFinite(
      "\(nonFinite) at step \(state.position.step + 1), with "
        + batch.names.joined(separator: ", "))
  }

  /// Tells the log and the tool about a step.
  private func report(_ before: RunPosition, _ losses: Losses) throws(TrainingError) {
    reports.count(images: data.order.batchSize)
    let step = TrainingProgress(
      run: progress, firstStep: firstStep, losses: losses, throughput: reports.throughput)
    if saving.logs(from: before, to: state.position) {
      try log(step, of: before.epoch, state.health.takeUnlogged())
    } else {
      unlogged = (step, before.epoch)
    }
    reports.writePageIfDue(progress)
    hooks.progress(step)
  }

  private func log(
    _ step: TrainingProgress, of epoch: Int, _ alarms: [Alarm]
  ) throws(TrainingError) {
    unlogged = nil
    try tables.append(
      (state.position.step, epoch, state.position.images(data.order)),
      learningRate: model.learningRate, step.losses, alarms)
    reports.logged(step, learningRate: model.learningRate)
  }

  // MARK: - Health

  /// Watches the step, and evaluates the networks on the probe images at their interval.
  ///
  /// - Returns: Alarms that begin now.
  private func watchHealth(_ measurement: StepMeasurement) throws(TrainingError) -> [Alarm] {
    state.health.observe(measurement, options.model.ganMode)
    guard state.position.step % Probe.interval == 0 else { return [] }
    let reading: Probe.Reading
    do { reading = try probe.reading(model) } catch { throw .torch(error) }
    let alarms = state.health.observe(reading)
    try tables.append(step: state.position.step, reading, state.health)
    for alarm in alarms { hooks.alarm(alarm, state.position.step) }
    return alarms
  }

  private func stop(by alarms: [Alarm]) throws(TrainingError) {
    try save()
    throw .alarm(
      "stopped and saved after step \(state.position.step) by "
        + alarms.map(\.word).joined(separator: ", "))
  }

  /// Takes the run back to its newest checkpoint, from where other images follow: once.
  ///
  /// - Parameter reason: What was non-finite.
  /// - Throws: `TrainingError.notFinite` if the run had been rolled back before.
  private func rollBack(_ reason: String) throws(TrainingError) {
    func failed(_ why: String) -> TrainingError {
      .notFinite("\(reason); nothing was saved since, and \(why)")
    }
    guard state.rollback == nil else { throw failed("the run had been rolled back once before") }
    guard let checkpoint = try Checkpoint.newest(in: directory, warn: hooks.warn) else {
      throw failed("there is no checkpoint to roll back to")
    }
    hooks.warn(
      "\(reason); rolling back to step \(checkpoint.state.position.step), to continue with "
        + (options.serialBatches ? "other crops and flips" : "the images in another order"))
    state = try checkpoint.restore(model, in: directory, configuration)
    unlogged = nil
    firstStep = min(firstStep, state.position.step)
    try tables.cut(to: checkpoint.tables)
    reports.rollBack(to: state.position.step)
    state.rollback = .init(
      epoch: state.position.epoch, pair: state.position.stepInEpoch * data.order.batchSize)
    data.order.reshuffle = state.rollback
  }

  // MARK: - Validation

  /// Validates if an epoch has ended since the last validation, and keeps the best generators.
  ///
  /// - Returns: Whether it was not asked to stop meanwhile.
  private func validateIfDue() throws(TrainingError) -> Bool {
    guard let validation, let epoch = saving.epochToValidate(state) else { return true }
    let reading: ValidationReading?
    do {
      reading = try validation.reading(model, stops: hooks.stops)
    } catch {
      let error = TrainingError(error)
      guard case .images(let reason) = error else { throw error }
      // They could be read when the run began; training does not end for them.
      hooks.warn("\(reason); epoch \(epoch) is not validated")
      state.validatedEpoch = epoch
      return true
    }
    guard let reading else { return false }
    let isBest = try keepIfBest(reading, epoch)
    try tables.append(step: state.position.step, epoch: epoch, reading, isBest: isBest)
    reports.validated(reading, step: state.position.step)
    state.validatedEpoch = epoch
    // The checkpoint has to know which epoch the files in best/ are of.
    if isBest { try saveAndContinue(isRequested: false) }
    return true
  }

  private func keepIfBest(_ reading: ValidationReading, _ epoch: Int) throws(TrainingError) -> Bool
  {
    guard let (metric, value) = reading.score, value.isFinite else { return false }
    let new = BestEpoch(epoch: epoch, step: state.position.step, metric: metric, value: value)
    if let best = state.best, !best.isWorse(than: new) { return false }
    do throws(TrainingError) {
      try weights.publishBest(model, new)
    } catch .system(let reason), .cannotCreate(let reason) {
      hooks.warn("the best generators so far are not kept: \(reason); training continues")
      return false
    }
    state.best = new
    return true
  }

  // MARK: - Saving

  /// Synchronizes the tables to disk, and writes a checkpoint of this step.
  private func save() throws(TrainingError) {
    try tables.synchronize()
    try writeCheckpoint()
  }

  /// Saves the last step, which has a row of log.tsv whatever the interval.
  ///
  /// The checkpoint does not count that row: a run that is continued beyond its end has the same rows as
  /// one that was longer from the beginning.
  private func saveLast() throws(TrainingError) {
    let counted = tables.lengths
    if let (step, epoch) = unlogged {
      var health = state.health
      try log(step, of: epoch, health.takeUnlogged())
    }
    try tables.synchronize()
    try writeCheckpoint(counting: counted)
  }

  private func writeCheckpoint(
    counting lengths: RunTables.Lengths? = nil
  ) throws(TrainingError) {
    try Checkpoint(
      of: model, state, lengths ?? tables.lengths, configuration
    ).write(to: directory, keeping: options.keptCheckpoints)
    saving.didSave()
  }

  /// Writes a checkpoint and a sample grid; where the disk fails, the next checkpoint is another
  /// chance.
  private func saveAndContinue(isRequested: Bool) throws(TrainingError) {
    // Rows that the disk has refused cannot be written again, so that this ends the run.
    try tables.synchronize()
    do {
      try writeCheckpoint()
      if isRequested { hooks.note("saved after step \(state.position.step)") }
      drawSamples()
      reports.writePage(.training, progress)
    } catch .system(let reason) {
      saving.didSave()
      hooks.warn(
        "no checkpoint at step \(state.position.step): \(reason); training continues")
    }
  }

  /// Draws the sample grid of this step; nothing depends on it.
  private func drawSamples() {
    let path = directory.sample(step: state.position.step)
    do {
      let image = try samples.image(model)
      let png = Array(try image.encoded(as: .png))
      try AtomicFile.write(png, to: path)
      reports.drew(image, png: png, step: state.position.step)
    } catch {
      hooks.warn("\(path): \(error)")
    }
  }
}

/// Names each damaged or flat image once, and ends the run when too many cannot be used.
private struct ImageProblems {
  /// The largest share of a domain's images that may be damaged.
  let maximumShare: Double
  let warn: (String) -> Void
  private var warned: Set<String> = []

  init(maximumShare: Double, warn: @escaping (String) -> Void) {
    (self.maximumShare, self.warn) = (maximumShare, warn)
  }

  /// Warns of what was found since the last time.
  ///
  /// - Throws: `TrainingError.tooManyBad` if more images of a domain are damaged than may be.
  mutating func report(_ data: TrainingData) throws(TrainingError) {
    for images in [data.imagesA, data.imagesB] {
      for index in images.flatImages.sorted() {
        warnOnce(
          "\(images.name(index)): all pixels have one color; such images can cause losses that are "
            + "not numbers")
      }
    }
    for (domain, images) in [("A", data.imagesA), ("B", data.imagesB)] {
      let failures = images.failures
      for (index, reason) in failures.sorted(by: { $0.key < $1.key }) {
        warnOnce("\(images.name(index)): \(reason); skipped")
      }
      let share = maximumShare * Double(images.count)
      // One bad image in a small set is not yet a sign that something else is wrong.
      let allowed = maximumShare > 0 ? max(1, Int(min(share, 1e9))) : 0
      guard failures.count <= allowed else {
        throw .tooManyBad(
          "\(failures.count) of \(images.count) images of \(domain) cannot be used, more than "
            + "\(allowed)")
      }
    }
  }

  private mutating func warnOnce(_ line: String) {
    if warned.insert(line).inserted { warn(line) }
  }
}

import CycleGAN

/// One run: from what is in its folder to its last step.
package final class Trainer {
  /// How a run ended.
  package enum Outcome: Sendable, Equatable {
    /// The weights files are written.
    case finished(steps: Int)
    /// It had been finished before.
    case alreadyFinished(steps: Int)
    /// It was asked to stop; there is a checkpoint of this step.
    case stopped(step: Int)
  }

  private let options: TrainingOptions
  private let directory: RunDirectory
  private let data: TrainingData
  private let heldOut: HeldOutImages?
  private let hooks: TrainerHooks
  /// Given to the session that begins with them.
  private var initial: InitialWeights?
  /// What tests put between the loader and a step: they break images and weights.
  var beforeStep: TrainingSession.BatchFilter = { batch, _ in batch }

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - options: What it computes.
  ///   - directory: Its folder, locked.
  ///   - images: Domain A and domain B, each at least one image.
  ///   - heldOut: The images that every epoch is validated on; nil for no validation.
  ///   - initial: The networks that the options name, where they were read already.
  ///   - hooks: Called while it trains.
  /// - Throws: `TrainingError.options` for values out of range and contradictions.
  package init(
    _ options: TrainingOptions, directory: RunDirectory,
    images: (TrainingImages, TrainingImages), heldOut: HeldOutImages? = nil,
    initial: InitialWeights? = nil, hooks: TrainerHooks = TrainerHooks()
  ) throws(TrainingError) {
    try options.validate()
    self.options = options
    self.directory = directory
    self.heldOut = heldOut
    self.initial = initial
    self.hooks = hooks
    data = TrainingData(
      images, options.preparations, batchSize: options.batchSize,
      batchesPerStep: options.batchesPerStep, serial: options.serialBatches, seed: options.seed)
  }

  /// Trains until the last step, or until it is asked to stop.
  ///
  /// - Returns: How it ended.
  /// - Throws: `TrainingError`; what was saved before stays.
  package func run() throws(TrainingError) -> Outcome {
    let configuration = RunConfiguration(options, data, heldOut)
    let checkpoint = try newestCheckpoint(configuration)
    if let steps = checkpoint?.state.position.step, steps >= options.totalSteps(data.order),
      WeightsPublisher(options, directory).isPublished(step: steps)
    {
      return .alreadyFinished(steps: steps)
    }
    let session = try TrainingSession(
      options, directory, data, heldOut, configuration, hooks, beforeStep, checkpoint, initial)
    // Hundreds of megabytes, which nobody needs once the session has copied them.
    initial = nil
    return try session.run()
  }

  /// The newest checkpoint of this run, if it was started with the same options and images.
  private func newestCheckpoint(
    _ configuration: RunConfiguration
  ) throws(TrainingError) -> Checkpoint? {
    guard let checkpoint = try Checkpoint.newest(in: directory, warn: hooks.warn) else {
      guard let remains = directory.remains() else { return nil }
      throw .cannotCreate(
        "\(remains) is there, but no checkpoint to resume from; a run needs a new or empty folder, or "
          + "its own")
    }
    for note in try configuration.compared(with: checkpoint.configuration) { hooks.note(note) }
    return checkpoint
  }
}

/// What a run calls while it trains, all on the training thread.
package struct TrainerHooks {
  /// Told after every step.
  package var progress: (TrainingProgress) -> Void
  /// Told what the user should know, one line each.
  package var note: (String) -> Void
  /// Told what went wrong without ending the run.
  package var warn: (String) -> Void
  /// Told of each alarm when it begins, with the step.
  package var alarm: (Alarm, Int) -> Void
  /// Asked after every step whether to save and stop.
  package var stops: () -> Bool
  /// Asked after every step whether to save and continue.
  package var saves: () -> Bool

  /// Connects a tool.
  ///
  /// - Parameters:
  ///   - progress: Told after every step.
  ///   - note: Told what the user should know.
  ///   - warn: Told what went wrong without ending the run.
  ///   - alarm: Told of each alarm when it begins, with the step.
  ///   - stops: Asked after every step whether to save and stop.
  ///   - saves: Asked after every step whether to save and continue.
  package init(
    progress: @escaping (TrainingProgress) -> Void = { _ in },
    note: @escaping (String) -> Void = { _ in }, warn: @escaping (String) -> Void = { _ in },
    alarm: @escaping (Alarm, Int) -> Void = { _, _ in },
    stops: @escaping () -> Bool = { false }, saves: @escaping () -> Bool = { false }
  ) {
    self.progress = progress
    self.note = note
    self.warn = warn
    self.alarm = alarm
    self.stops = stops
    self.saves = saves
  }
}

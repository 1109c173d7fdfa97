import CycleGAN

/// When a run logs, validates and saves.
struct SavePolicy {
  private let options: TrainingOptions
  private let order: DataOrder
  private var lastSave = ContinuousClock.now

  /// Prepares; the clock of `--save-minutes` starts now.
  ///
  /// - Parameters:
  ///   - options: Have the intervals.
  ///   - order: Has the sizes of epochs and steps.
  init(_ options: TrainingOptions, _ order: DataOrder) {
    (self.options, self.order) = (options, order)
  }

  /// Decides whether log.tsv gets a row for a step.
  ///
  /// - Parameters:
  ///   - before: The position before the step.
  ///   - after: The position after it.
  /// - Returns: Whether an interval of `--print-freq` ends with the step.
  func logs(from before: RunPosition, to after: RunPosition) -> Bool {
    after.images(order) / options.logEvery > before.images(order) / options.logEvery
  }

  /// Decides whether a step is followed by a checkpoint.
  ///
  /// - Parameters:
  ///   - before: The position before the step.
  ///   - after: The position after it.
  /// - Returns: Whether one of the intervals between checkpoints ends with the step.
  func saves(from before: RunPosition, to after: RunPosition) -> Bool {
    let (first, images) = (before.images(order), after.images(order))
    let endsEpoch = after.epoch > before.epoch
    let minutes = (ContinuousClock.now - lastSave) / .seconds(60)
    return options.saveEvery.map { images / $0 > first / $0 } == true
      || options.saveEverySteps.map { after.step % $0 == 0 } == true
      || options.saveEveryEpochs.map { endsEpoch && before.epoch % $0 == 0 } == true
      || options.saveEveryMinutes.map { minutes > $0 } == true
  }

  /// The epoch that has ended and is not validated yet; nil if there is none.
  func epochToValidate(_ state: RunState) -> Int? {
    let epoch = state.position.epoch - 1
    return state.position.stepInEpoch == 0 && state.validatedEpoch < epoch ? epoch : nil
  }

  /// Starts the clock of `--save-minutes` again.
  mutating func didSave() { lastSave = .now }
}

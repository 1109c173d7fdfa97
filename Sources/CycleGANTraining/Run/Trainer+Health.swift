import CycleGAN

extension Trainer {
  /// Does one step; where a loss or a gradient is not finite, nothing is learned from it.
  ///
  /// - Returns: What it measured.
  /// - Throws: `TrainingError.notFinite` naming what, the step and its images.
  func step(
    _ model: CycleGANModel, _ batch: BatchLoader.Batch
  ) throws(TrainingError) -> StepMeasurement {
    let measurement: StepMeasurement
    do {
      measurement = try model.step(
        realA: batch.realA, realB: batch.realB, batchSize: options.batchSize)
    } catch {
      throw .torch(error)
    }
    guard let trouble = measurement.trouble else { return measurement }
    throw .notFinite(
      "\(trouble) at step \(position.step + 1), with \(batch.names.joined(separator: ", "))")
  }

  /// Watches over the networks, and looks at the probe images when it is time.
  ///
  /// - Parameters:
  ///   - measurement: Of the step just done.
  ///   - session: What the run has at hand.
  /// - Returns: Alarms that begin now.
  /// - Throws: `TrainingError` if a file cannot be written or the device is out of memory.
  func watch(
    _ measurement: StepMeasurement, _ session: Session
  ) throws(TrainingError) -> [Alarm] {
    health.observe(measurement, options.model.ganMode)
    guard position.step % Probe.interval == 0 else { return [] }
    let reading: Probe.Reading
    do {
      reading = try session.probe.reading(session.model)
    } catch {
      throw .torch(error)
    }
    let begun = health.observe(reading)
    try session.tables.append(step: position.step, reading, health)
    for alarm in begun { hooks.warn("step \(position.step): \(alarm)") }
    return begun
  }

  /// Takes a run back to its last good checkpoint, from where it goes another way: once.
  ///
  /// - Parameters:
  ///   - session: Its model becomes the checkpoint's, and its tables lose the rows of the steps that
  ///     are done again.
  ///   - reason: What was not finite.
  /// - Throws: `TrainingError.notFinite` if the run had gone back before.
  func goBack(_ session: Session, _ reason: String) throws(TrainingError) {
    guard data.order.detour == nil else { throw gaveUp(reason, "it had gone back once before") }
    guard let checkpoint = try Checkpoint.newest(in: directory, warn: hooks.warn) else {
      throw gaveUp(reason, "there is no checkpoint to go back to")
    }
    hooks.warn(
      "\(reason); back to step \(checkpoint.position.step), and on with "
        + (options.serialBatches ? "other crops and flips" : "the images in another order"))
    try restore(session.model, checkpoint)
    firstStep = min(firstStep, position.step)
    try session.tables.cut(to: checkpoint.tables)
    reports.goBack(to: position.step)
    data.order.detour = .init(
      epoch: position.epoch, place: position.place * data.order.batchSize)
  }

  private func gaveUp(_ reason: String, _ why: String) -> TrainingError {
    .notFinite(
      "\(reason); nothing was saved since, and \(why); try a smaller --lr in another run, or look "
        + "at these images")
  }
}

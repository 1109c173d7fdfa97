import CycleGAN

extension Trainer {
  /// Does one step; where a loss, a gradient or a weight is not finite, nothing is learned from it.
  ///
  /// - Returns: The losses.
  /// - Throws: `TrainingError.notFinite` naming what, the step and its images.
  func step(_ model: CycleGANModel, _ batch: BatchLoader.Batch) throws(TrainingError) -> Losses {
    let measurement: StepMeasurement
    do {
      measurement = try model.measure(realA: batch.realA, realB: batch.realB)
      if measurement.trouble == nil { try model.learn() }
    } catch {
      throw .torch(error)
    }
    guard let trouble = measurement.trouble else { return measurement.losses }
    throw .notFinite(
      "\(trouble) at step \(position.step + 1), with \(batch.names.joined(separator: ", "))")
  }

  /// Names each image without contrast once.
  func reportFlatImages() {
    for images in [data.imagesA, data.imagesB] {
      for index in images.flatImages.sorted() {
        let line = "\(images.name(index)): all pixels have one colour"
        guard warned.insert(line).inserted else { continue }
        hooks.warn("\(line); such images can make losses that are not numbers")
      }
    }
  }

  /// Takes a run back to its last good checkpoint, from where it goes another way: once.
  ///
  /// - Parameters:
  ///   - model: Becomes the checkpoint's.
  ///   - log: Loses the rows of the steps that are done again.
  ///   - reason: What was not finite.
  /// - Throws: `TrainingError.notFinite` if the run had gone back before.
  func goBack(
    _ model: CycleGANModel, _ log: TrainingLog, _ reason: String
  ) throws(TrainingError) {
    guard data.order.detour == nil else { throw gaveUp(reason, "it had gone back once before") }
    guard let checkpoint = try Checkpoint.newest(in: directory, warn: hooks.warn) else {
      throw gaveUp(reason, "there is no checkpoint to go back to")
    }
    hooks.warn(
      "\(reason); back to step \(checkpoint.position.step), and on with the images in another "
        + "order")
    try restore(model, checkpoint)
    firstStep = min(firstStep, position.step)
    try log.cut(to: min(log.bytes, checkpoint.logBytes))
    data.order.detour = .init(
      epoch: position.epoch, place: position.place * options.batchSize)
  }

  private func gaveUp(_ reason: String, _ why: String) -> TrainingError {
    .notFinite(
      "\(reason); nothing was saved since, and \(why); try a smaller --lr in another run, or look "
        + "at these images")
  }
}

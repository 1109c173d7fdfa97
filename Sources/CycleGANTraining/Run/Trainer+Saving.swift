import CycleGAN

extension Trainer {
  /// Waits for the tables to be on disk, and writes a checkpoint of this step.
  func save(_ session: Session) throws(TrainingError) {
    try session.tables.synchronize()
    try writeCheckpoint(session)
  }

  private func writeCheckpoint(_ session: Session) throws(TrainingError) {
    let state: WeightsFile
    do {
      state = try session.model.state()
    } catch {
      throw .torch(error)
    }
    do throws(WeightsError) { try state.requireFinite() } catch {
      throw .notFinite("after step \(position.step) \(error.firstPoint)")
    }
    try Checkpoint(
      position: position, tables: session.tables.lengths, health: health,
      validatedEpoch: validatedEpoch, best: best, detour: data.order.detour,
      configuration: configuration.json, state: state
    ).write(to: directory, keeping: options.keptCheckpoints)
    lastSave = .now
  }

  /// Writes a checkpoint and a sample; where the disk fails, the next one is another chance.
  func saveAndGoOn(_ session: Session, isAsked: Bool) throws(TrainingError) {
    // Rows that the disk has refused cannot be written again, so that this ends the run.
    try session.tables.synchronize()
    do {
      try writeCheckpoint(session)
      if isAsked { hooks.note("saved after step \(position.step)") }
      draw(session)
      reports.writePage(.training, place)
    } catch .system(let reason) {
      lastSave = .now
      hooks.warn("no checkpoint at step \(position.step): \(reason); training goes on")
    }
  }

  /// Whether one of the intervals between checkpoints ends with the step just done.
  ///
  /// - Parameter before: Where the run was before it.
  /// - Returns: Whether to save now.
  func isSaveDue(_ before: RunPosition) -> Bool {
    let (first, images) = (before.images(data.order), position.images(data.order))
    let endsEpoch = position.epoch > before.epoch
    let minutes = (ContinuousClock.now - lastSave) / .seconds(60)
    return options.saveEvery.map { images / $0 > first / $0 } == true
      || options.saveEverySteps.map { position.step % $0 == 0 } == true
      || options.saveEveryEpochs.map { endsEpoch && before.epoch % $0 == 0 } == true
      || options.saveEveryMinutes.map { minutes > $0 } == true
  }

  /// Draws the sample grid of this step; nothing depends on it.
  func draw(_ session: Session) {
    let path = directory.sample(step: position.step)
    do {
      let image = try session.grid.image(session.model)
      let png = try image.encoded(as: .png)
      try AtomicFile.write(png, to: path)
      reports.drew(image, png: png, step: position.step)
    } catch {
      hooks.warn("\(path): \(error)")
    }
  }

  /// Writes config.json as this process understands it; the checkpoints carry their own.
  func write(_ configuration: RunConfiguration) throws(TrainingError) {
    do {
      try AtomicFile.write(configuration.text, to: directory.config, synchronized: true)
    } catch {
      throw .writing(directory.config, error)
    }
  }
}

extension WeightsError {
  /// The first tensor that is not finite, and how many more there are: often all are.
  fileprivate var firstPoint: String {
    guard case .notFinite(let points) = self, points.count > 1 else { return "\(self)" }
    return "\(points[0]) (and \(points.count - 1) tensors more)"
  }
}

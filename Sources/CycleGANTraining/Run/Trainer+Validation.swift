import CycleGAN

extension Trainer {
  /// Measures on held-out images if an epoch has ended since that was done, and keeps the generators
  /// of the best one.
  ///
  /// - Parameter session: What the run has at hand.
  /// - Returns: Whether it was not asked to stop meanwhile.
  /// - Throws: `TrainingError` if images cannot be used or files cannot be written.
  func validateIfDue(_ session: Session) throws(TrainingError) -> Bool {
    let epoch = position.epoch - 1
    guard let validation = session.validation, position.place == 0, validatedEpoch < epoch else {
      return true
    }
    let reading: ValidationReading?
    do {
      reading = try validation.reading(session.model, stops: hooks.stops)
    } catch {
      let error = TrainingError(error)
      guard case .images(let reason) = error else { throw error }
      // They could be read when the run began; training does not end for them.
      hooks.warn("\(reason); epoch \(epoch) is not measured")
      validatedEpoch = epoch
      return true
    }
    guard let reading else { return false }
    let isBest = try keepIfBest(reading, epoch, session)
    try session.tables.append(step: position.step, epoch: epoch, reading, isBest: isBest)
    reports.validated(reading, step: position.step)
    validatedEpoch = epoch
    // The run has to know which epoch the files are of, whatever becomes of it.
    if isBest { try saveAndGoOn(session, isAsked: false) }
    return true
  }

  private func keepIfBest(
    _ reading: ValidationReading, _ epoch: Int, _ session: Session
  ) throws(TrainingError) -> Bool {
    guard let (merit, value) = reading.merit, value.isFinite else { return false }
    let new = BestEpoch(epoch: epoch, step: position.step, merit: merit, value: value)
    if let best, !best.isWorse(than: new) { return false }
    do throws(TrainingError) {
      try writeBestGenerators(session.model, new)
    } catch .system(let reason), .cannotCreate(let reason) {
      hooks.warn("the best generators so far are not kept: \(reason); training goes on")
      return false
    }
    best = new
    return true
  }
}

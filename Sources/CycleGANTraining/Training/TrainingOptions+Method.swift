import CycleGAN

/// What goes beyond the paper. Left alone, each option is null in config.json, so that a run that was
/// begun before there was such an option goes on.
extension TrainingOptions {
  /// The options by their names on the command line.
  var method: [(name: String, value: JSON)] {
    [
      ("lr-decay-by", decayPace == .epoch ? .null : .string(decayPace.rawValue)),
      ("clip-grad", model.gradientLimit.map { .number($0) } ?? .null),
    ]
  }

  /// Sets what changes in the course of a run, for its next step.
  ///
  /// - Parameters:
  ///   - model: What is trained.
  ///   - position: Where the run is; all follows from it, so that an interruption changes nothing.
  ///   - stepsPerEpoch: Steps of an epoch.
  func prepare(_ model: CycleGANModel, _ position: RunPosition, stepsPerEpoch: Int) {
    switch decayPace {
    case .epoch: model.learningRate = schedule.rate(epoch: position.epoch)
    case .step:
      model.learningRate = schedule.rate(
        epoch: position.epoch, step: position.place, of: stepsPerEpoch)
    }
  }

  /// Refuses what cannot be computed.
  func requireMethod() throws(TrainingError) {
    guard decayPace == .epoch || policy == .linear else {
      throw .options(
        "--lr-decay-by \(decayPace.rawValue) needs --lr-policy linear, not \(policy.rawValue)")
    }
    if let limit = model.gradientLimit, !(limit > 0 && limit.isFinite) {
      throw .options("--clip-grad must be a number above 0, not \(limit)")
    }
  }
}

import CycleGAN

/// What goes beyond the paper. Left alone, each option is null in config.json, so that a run that was
/// begun before there was such an option goes on.
extension TrainingOptions {
  /// The options by their names on the command line.
  var method: [(name: String, value: JSON)] {
    [("clip-grad", model.gradientLimit.map { .number($0) } ?? .null)]
  }

  /// Refuses what cannot be computed.
  func requireMethod() throws(TrainingError) {
    if let limit = model.gradientLimit, !(limit > 0 && limit.isFinite) {
      throw .options("--clip-grad must be a number above 0, not \(limit)")
    }
  }
}

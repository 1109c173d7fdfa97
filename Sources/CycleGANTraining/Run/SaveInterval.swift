/// How far a run goes between two checkpoints.
public enum SaveInterval: Sendable, Equatable {
  /// So many steps.
  case steps(Int)
  /// So many epochs.
  case epochs(Int)
  /// So many minutes of the clock.
  case minutes(Double)

  /// Reads `500` (steps), `1e` (epochs), or `90s`, `10m` and `2h`.
  ///
  /// - Parameter text: A number above 0 with one of these letters behind it, or none.
  public init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), number > 0 else { return nil }
    switch text.dropFirst(digits.count) {
    case "": self = .steps(number)
    case "e": self = .epochs(number)
    case "s": self = .minutes(Double(number) / 60)
    case "m": self = .minutes(Double(number))
    case "h": self = .minutes(Double(number) * 60)
    default: return nil
    }
  }
}

extension TrainingOptions {
  /// Saves whenever one of some intervals has passed, and not by the defaults.
  ///
  /// - Parameter intervals: At least one; of several of a kind the shortest counts.
  public mutating func save(every intervals: [SaveInterval]) {
    (saveEvery, saveEverySteps, saveEveryEpochs, saveEveryMinutes) = (nil, nil, nil, nil)
    for interval in intervals {
      switch interval {
      case .steps(let steps): saveEverySteps = min(steps, saveEverySteps ?? .max)
      case .epochs(let epochs): saveEveryEpochs = min(epochs, saveEveryEpochs ?? .max)
      case .minutes(let minutes):
        saveEveryMinutes = min(minutes, saveEveryMinutes ?? .infinity)
      }
    }
  }
}

/// How far a run is and how it does, after every step.
public struct TrainingProgress: Sendable {
  /// Steps done, and how many there will be.
  public let step: Int, totalSteps: Int
  /// The epoch, counted from 1, and how many there will be.
  public let epoch: Int, totalEpochs: Int
  /// Steps that had been done before this process went on.
  public let firstStep: Int
  /// Of the last step.
  public let losses: Losses
  /// Images of each domain that one step takes.
  public let batchSize: Int
}

/// What a tool wants of a run: all called on the training thread.
public struct TrainerHooks {
  /// Told after every step.
  public var progress: (TrainingProgress) -> Void
  /// Told what a person should know, one line each.
  public var note: (String) -> Void
  /// Told what went wrong without ending the run.
  public var warn: (String) -> Void
  /// Asked after every step whether to save and stop.
  public var stops: () -> Bool
  /// Asked after every step whether to save and go on.
  public var saves: () -> Bool

  /// Connects a tool.
  ///
  /// - Parameters:
  ///   - progress: Told after every step.
  ///   - note: Told what a person should know.
  ///   - warn: Told what went wrong without ending the run.
  ///   - stops: Asked after every step whether to save and stop.
  ///   - saves: Asked after every step whether to save and go on.
  public init(
    progress: @escaping (TrainingProgress) -> Void = { _ in },
    note: @escaping (String) -> Void = { _ in }, warn: @escaping (String) -> Void = { _ in },
    stops: @escaping () -> Bool = { false }, saves: @escaping () -> Bool = { false }
  ) {
    self.progress = progress
    self.note = note
    self.warn = warn
    self.stops = stops
    self.saves = saves
  }
}

/// How far a run is.
public struct RunProgress: Sendable {
  /// Steps done, and how many there will be.
  public let step: Int, totalSteps: Int
  /// The epoch, counted from 1, and how many there will be.
  public let epoch: Int, totalEpochs: Int
}

/// How far a run is and how it does, after every step.
public struct TrainingProgress: Sendable {
  /// How far it is.
  public let run: RunProgress
  /// Steps that had been done before this process went on.
  public let firstStep: Int
  /// Of the last step.
  public let losses: Losses
  /// How fast this process's steps were.
  public let throughput: Throughput
}

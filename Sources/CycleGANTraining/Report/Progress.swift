/// How far a run is.
public struct RunProgress: Sendable {
  /// Steps done, and how many there will be.
  public let step: Int, totalSteps: Int
  /// The epoch, counted from 1, and how many there will be.
  public let epoch: Int, totalEpochs: Int
}

/// Progress, losses and throughput after a step.
public struct TrainingProgress: Sendable {
  /// How far it is.
  public let run: RunProgress
  /// Steps that had been done before this process resumed the run.
  public let firstStep: Int
  /// Of the last step.
  public let losses: Losses
  /// How fast this process's steps were.
  public let throughput: Throughput
}

/// Throughput of some steps, and the share of their time spent waiting for data.
public struct Throughput: Sendable, Equatable {
  /// Steps done.
  public var steps: Int
  /// Images of each domain that they took.
  public var images: Int
  /// Seconds on the clock, with everything that happened between the steps.
  public var seconds: Double
  /// Seconds of these in which the next batch was not ready.
  public var waitedSeconds: Double

  /// Counts; nothing unless given.
  ///
  /// - Parameters:
  ///   - steps: Steps done.
  ///   - images: Images of each domain that they took.
  ///   - seconds: Seconds on the clock.
  ///   - waitedSeconds: Seconds of these in which the next batch was not ready.
  public init(steps: Int = 0, images: Int = 0, seconds: Double = 0, waitedSeconds: Double = 0) {
    (self.steps, self.images) = (steps, images)
    (self.seconds, self.waitedSeconds) = (seconds, waitedSeconds)
  }

  /// Images of each domain in a second; 0 before the first step.
  public var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }

  /// Seconds that a step takes; 0 before the first.
  public var secondsPerStep: Double { steps > 0 ? seconds / Double(steps) : 0 }

  /// The share of the time that passed waiting for data, 0...1.
  public var waitedShare: Double { seconds > 0 ? waitedSeconds / seconds : 0 }

  /// The part after an earlier moment.
  ///
  /// - Parameter earlier: The counts then.
  /// - Returns: The difference.
  func since(_ earlier: Throughput) -> Throughput {
    Throughput(
      steps: steps - earlier.steps, images: images - earlier.images,
      seconds: seconds - earlier.seconds, waitedSeconds: waitedSeconds - earlier.waitedSeconds)
  }
}

/// Times the steps of a process, on a monotonic clock.
struct StepClock {
  private var throughput = Throughput()
  private var begin: ContinuousClock.Instant?

  /// What it has counted until now.
  var now: Throughput {
    var throughput = throughput
    if let begin { throughput.seconds = (ContinuousClock.now - begin) / .seconds(1) }
    return throughput
  }

  /// Times what a step waits for; the first call starts the clock.
  ///
  /// - Parameter body: Waits.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  mutating func waiting<Result>(
    _ body: () throws(TrainingError) -> Result
  ) throws(TrainingError) -> Result {
    let start = ContinuousClock.now
    if begin == nil { begin = start }
    defer { throughput.waitedSeconds += (ContinuousClock.now - start) / .seconds(1) }
    return try body()
  }

  /// Counts a step that is done.
  mutating func count(images: Int) {
    throughput.steps += 1
    throughput.images += images
  }
}

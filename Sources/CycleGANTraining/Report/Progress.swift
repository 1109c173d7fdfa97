import CycleGAN

/// How far a run is.
package struct RunProgress: Sendable {
  /// Steps done, and how many there will be.
  package let step: Int, totalSteps: Int
  /// The epoch, counted from 1, and how many there will be.
  package let epoch: Int, totalEpochs: Int
}

/// Progress, losses and throughput after a step.
package struct TrainingProgress: Sendable {
  /// How far it is.
  package let run: RunProgress
  /// Steps that had been done before this process resumed the run.
  package let firstStep: Int
  /// Of the last step.
  package let losses: Losses
  /// How fast this process's steps were.
  package let throughput: Throughput
}

extension TrainingProgress {
  /// Steps and the time left at this process's throughput, such as `1200/54000 steps, 2 %, 5:20:11 left`.
  package var position: String {
    let left = Double(run.totalSteps - run.step) * throughput.secondsPerStep
    let percent = 100 * run.step / max(1, run.totalSteps)
    return
      "\(run.step)/\(run.totalSteps) steps, \(percent) %, \(ProgressBar.clock(left)) left"
  }
}

/// When a run says how far it is where nobody watches a progress bar, as in a log file.
package struct LogInterval: Sendable {
  /// The seconds of a process until it says it next.
  private var next: Double
  private let interval: Double

  /// Starts with the process.
  ///
  /// - Parameters:
  ///   - first: Seconds until the first time.
  ///   - interval: Seconds between the next ones.
  package init(first: Double = 60, interval: Double = 300) {
    (next, self.interval) = (first, interval)
  }

  /// Decides after a step.
  ///
  /// - Parameter seconds: Since the process's first step began.
  /// - Returns: True once for each interval, however long a step took.
  package mutating func ends(at seconds: Double) -> Bool {
    guard seconds >= next else { return false }
    next = seconds + interval
    return true
  }
}

/// Throughput of some steps, and the share of their time spent waiting for data.
package struct Throughput: Sendable, Equatable {
  /// Steps done.
  package var steps: Int
  /// Images of each domain that they took.
  package var images: Int
  /// Seconds on the clock, with everything that happened between the steps.
  package var seconds: Double
  /// Seconds of these in which the next batch was not ready.
  package var waitedSeconds: Double

  /// Counts; nothing unless given.
  ///
  /// - Parameters:
  ///   - steps: Steps done.
  ///   - images: Images of each domain that they took.
  ///   - seconds: Seconds on the clock.
  ///   - waitedSeconds: Seconds of these in which the next batch was not ready.
  package init(steps: Int = 0, images: Int = 0, seconds: Double = 0, waitedSeconds: Double = 0) {
    (self.steps, self.images) = (steps, images)
    (self.seconds, self.waitedSeconds) = (seconds, waitedSeconds)
  }

  /// Images of each domain in a second; 0 before the first step.
  package var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }

  /// Seconds that a step takes; 0 before the first.
  package var secondsPerStep: Double { steps > 0 ? seconds / Double(steps) : 0 }

  /// The share of the time that passed waiting for data, 0...1.
  package var waitedShare: Double { seconds > 0 ? waitedSeconds / seconds : 0 }

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

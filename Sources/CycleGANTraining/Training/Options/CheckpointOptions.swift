import ArgumentParser
import CycleGAN

/// How often a run logs and saves.
package struct CheckpointOptions: TrainingOptionGroup {
  @Option(help: ArgumentHelp("Images between rows of log.tsv.", valueName: "n"))
  var printFreq = TrainingOptions.defaults.logEvery

  @Option(
    help: ArgumentHelp(
      "Interval between checkpoints: 10m, 1e (epochs) or 500 (steps); repeatable, replaces the next three.",
      valueName: "interval"))
  var saveEvery: [SaveInterval] = []

  @Option(help: ArgumentHelp("Images between checkpoints. (default: 5000)", valueName: "n"))
  var saveLatestFreq: Int?

  @Option(help: ArgumentHelp("Epochs between checkpoints. (default: 5)", valueName: "n"))
  var saveEpochFreq: Int?

  @Option(help: ArgumentHelp("Minutes between checkpoints. (default: 10)", valueName: "x"))
  var saveMinutes: Double?

  @Option(help: ArgumentHelp("Newest checkpoints to keep, at least 2.", valueName: "n"))
  var keep = TrainingOptions.defaults.keptCheckpoints

  @Option(help: "What to do when an alarm is raised: warn, or save and stop.")
  var onAlarm = Word(TrainingOptions.defaults.alarmResponse)

  package static let rows: [OptionRow<CheckpointOptions>] = [
    .init("print-freq", \.printFreq, \.logEvery, .integers(from: 1), resume: .mayChange),
    .init("save-latest-freq", .integers(from: 1), resume: .mayChange) {
      $0.saveEvery.json
    } store: {
      $1.saveEvery = $0.saveLatestFreq ?? $1.saveEvery
    },
    .init("save-epoch-freq", .integers(from: 1), resume: .mayChange) {
      $0.saveEveryEpochs.json
    } store: {
      $1.saveEveryEpochs = $0.saveEpochFreq ?? $1.saveEveryEpochs
    },
    .init("save-minutes", .numbers(from: 0), resume: .mayChange) {
      $0.saveEveryMinutes.json
    } store: {
      $1.saveEveryMinutes = $0.saveMinutes ?? $1.saveEveryMinutes
    },
    .init("save-every", .integers(from: 1), resume: .mayChange) {
      $0.saveEverySteps.json
    } store: {
      if !$0.saveEvery.isEmpty { $1.save(every: $0.saveEvery) }
    },
    .init("keep", \.keep, \.keptCheckpoints, .integers(from: 2), resume: .mayChange),
    .init("on-alarm", \.onAlarm, \.alarmResponse, resume: .mayChange),
  ]

  /// The defaults, to be parsed into.
  package init() {}

  /// Refuses an interval that another one replaces.
  package func validate() throws {
    let others = [
      ("--save-latest-freq", saveLatestFreq != nil), ("--save-epoch-freq", saveEpochFreq != nil),
      ("--save-minutes", saveMinutes != nil),
    ]
    if !saveEvery.isEmpty, let other = others.first(where: \.1)?.0 {
      throw ValidationError("--save-every replaces \(other); leave one of them out")
    }
  }
}

/// The interval between two checkpoints.
package enum SaveInterval: Sendable, Equatable {
  /// A number of steps.
  case steps(Int)
  /// A number of epochs.
  case epochs(Int)
  /// Minutes of the clock.
  case minutes(Double)

  /// Reads `500` (steps), `1e` (epochs), or `90s`, `10m` and `2h`.
  ///
  /// - Parameter text: A number above 0, followed by one of these letters or nothing.
  package init?(_ text: String) {
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

extension SaveInterval: ExpressibleByArgument {
  /// Reads `10m`, `1e` or `500`.
  package init?(argument: String) { self.init(argument) }
}

extension TrainingOptions {
  /// Replaces the default intervals between checkpoints.
  ///
  /// - Parameter intervals: At least one; of several of a kind the shortest counts.
  package mutating func save(every intervals: [SaveInterval]) {
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

/// What happens when an alarm begins.
package enum AlarmResponse: String, Sendable, CaseIterable {
  /// A line on standard error.
  case warn
  /// The run saves and ends.
  case stop
}

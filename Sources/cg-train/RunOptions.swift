import ArgumentParser
import CycleGAN
import CycleGANTraining
import Glibc

/// Where the run lives, and what it tells.
struct RunOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The run's folder; made if missing.", valueName: "run"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Begin with the weights of a run, a checkpoint or the official code; AB=FILE for one network.",
      valueName: "weights"))
  var initFrom: [String] = []

  @Option(help: ArgumentHelp("cpu, cuda, cuda:1, ….", valueName: "word"))
  var device = "cpu"

  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp("Threads of a step; all processors unless given.", valueName: "n"))
  var threads: Int?

  @Option(help: "Multiply numbers of 8 bits in the convolutions that gain by it.")
  var amp: Word<ReducedPrecision>?

  @Option(help: ArgumentHelp("Images between rows of log.tsv.", valueName: "n"))
  var printFreq = 100

  @Option(
    help: ArgumentHelp(
      "Save this often, instead of by the three below: 10m, 1e (epochs), 500 (steps); repeatable.",
      valueName: "interval"))
  var saveEvery: [SaveInterval] = []

  @Option(help: ArgumentHelp("Images between checkpoints; 5000.", valueName: "n"))
  var saveLatestFreq: Int?

  @Option(help: ArgumentHelp("Epochs between checkpoints; 5.", valueName: "n"))
  var saveEpochFreq: Int?

  @Option(help: ArgumentHelp("Minutes between checkpoints; 10.", valueName: "x"))
  var saveMinutes: Double?

  @Option(help: ArgumentHelp("Checkpoints that stay; at least 2.", valueName: "n"))
  var keep = 2

  @Option(help: "What to do when a sign of failure lasts.")
  var onAlarm = Word<AlarmResponse>(.warn)

  @Option(
    help: ArgumentHelp(
      "Share of a domain's images that may be damaged; one may be, unless 0.", valueName: "x"))
  var maxBad = 0.001

  @Flag(help: "Show progress even where stderr is no terminal.")
  var progress = false

  @Flag(name: .shortAndLong, help: "Say only what went wrong.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Name every file that is skipped.")
  var verbose = false

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("-o needs a folder") }
    let others = [
      ("--save-latest-freq", saveLatestFreq != nil), ("--save-epoch-freq", saveEpochFreq != nil),
      ("--save-minutes", saveMinutes != nil),
    ]
    if !saveEvery.isEmpty, let other = others.first(where: \.1)?.0 {
      throw ValidationError("--save-every replaces \(other); leave one of them out")
    }
  }

  func apply(to options: inout TrainingOptions) {
    options.initialWeights = initFrom
    options.device = device
    options.threads = threads ?? Self.processors
    options.model.precision = amp == nil ? .float32 : .bf16
    options.logEvery = printFreq
    options.saveEvery = saveLatestFreq ?? options.saveEvery
    options.saveEveryEpochs = saveEpochFreq ?? options.saveEveryEpochs
    options.saveEveryMinutes = saveMinutes ?? options.saveEveryMinutes
    if !saveEvery.isEmpty { options.save(every: saveEvery) }
    options.maximumBad = maxBad
    options.keptCheckpoints = keep
    options.alarmResponse = onAlarm.value
  }

  /// What OMP_NUM_THREADS says, or all processors.
  private static var processors: Int {
    if let text = getenv("OMP_NUM_THREADS"), let count = Int(String(cString: text)), count > 0 {
      return count
    }
    return max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }
}

/// The values of --amp.
enum ReducedPrecision: String, CaseIterable, Sendable {
  case bf16
}

extension SaveInterval: ExpressibleByArgument {
  /// Reads `10m`, `1e` or `500`.
  public init?(argument: String) { self.init(argument) }
}

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

  @Option(help: ArgumentHelp("Images between checkpoints.", valueName: "n"))
  var saveLatestFreq = 5000

  @Option(help: ArgumentHelp("Epochs between checkpoints.", valueName: "n"))
  var saveEpochFreq = 5

  @Option(help: ArgumentHelp("Minutes between checkpoints, at most.", valueName: "x"))
  var saveMinutes = 10.0

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
  }

  func apply(to options: inout TrainingOptions) {
    options.initialWeights = initFrom
    options.device = device
    options.threads = threads ?? Self.processors
    options.model.precision = amp == nil ? .float32 : .bf16
    options.logEvery = printFreq
    options.saveEvery = saveLatestFreq
    options.saveEveryEpochs = saveEpochFreq
    options.saveEveryMinutes = saveMinutes
    options.maximumBad = maxBad
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

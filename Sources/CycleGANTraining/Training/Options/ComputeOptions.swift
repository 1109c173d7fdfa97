import ArgumentParser
import CycleGAN

/// What a run starts from and what it computes with.
package struct ComputeOptions: TrainingOptionGroup {
  @Option(
    help: ArgumentHelp("Device: cpu, cuda, cuda:1 or another of LibTorch's.", valueName: "word"),
    completion: .list(["cpu", "cuda"]))
  var device = TrainingOptions.defaults.device

  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp(
      "Threads that compute (default: OMP_NUM_THREADS, or the processors it may use).",
      valueName: "n"))
  var threads: Int?

  @Option(help: "Mixed precision: bfloat16 factors in the convolutions that gain from it.")
  var amp: Word<ReducedPrecision>?

  @Option(
    help: ArgumentHelp(
      "Seed for weights, order, crops, flips, pools and dropout. (default: random)",
      valueName: "n"))
  package var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Initial weights: a run, a checkpoint, official weights, or AB=FILE for one network; repeatable.",
      valueName: "weights"),
    completion: .file())
  package var initFrom: [String] = []

  package static let rows: [OptionRow<ComputeOptions>] = [
    .init("device", \.device, \.device, resume: .mayChange),
    .init("threads", .integers(from: 1, to: 1024), resume: .mayChange) {
      .integer($0.threads)
    } store: {
      $1.threads = $0.threads ?? Kernels.threads
    },
    .init("amp") {
      $0.model.precision == .float32 ? .null : .string($0.model.precision.rawValue)
    } store: {
      $1.model.precision = $0.amp == nil ? .float32 : .bf16
    },
    // A string, since a JSON number has 53 bits in most readers.
    .init("seed", stored: { .string(String($0.seed)) }, store: { $1.seed = $0.seed ?? $1.seed }),
    .init("init-from", resume: .isIgnored) {
      $0.initialWeights.isEmpty ? .null : .string($0.initialWeights.joined(separator: " "))
    } store: {
      $1.initialWeights = $0.initFrom
    },
  ]

  /// The defaults, to be parsed into.
  package init() {}
}

/// The values of --amp.
enum ReducedPrecision: String, CaseIterable, Sendable {
  case bf16
}

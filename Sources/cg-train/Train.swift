import ArgumentParser
import CycleGAN
import CycleGANTraining
import Glibc

/// Trains two generators from two folders of unpaired images.
@main
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cg-train",
    abstract:
      "Train a CycleGAN: learn to translate images between two domains from unpaired examples.",
    usage:
      "cg-train -A IMAGES -B IMAGES -o RUN [OPTION]...\ncg-train --dataroot D -o RUN [OPTION]...\ncg-train -o RUN [OPTION]...",
    discussion: """
      cg-train -A photos/ -B paintings/ -o run
      cg-train --dataroot horse2zebra -o run --n-epochs 50 --n-epochs-decay 50
      find photos -name '*.jpg' | cg-train -A @- -B paintings.npys -o run
      cg-train -A photos/ -B paintings/ -o longer --init-from run --lr 0.0001

      Interrupt with Ctrl-C at any time; run the same command again, or cg-train -o RUN, to resume. \
      RUN gets gen_AB.bin \
      and gen_BA.bin for cg-apply, index.html with loss curves and samples, log.tsv with all losses, \
      events for TensorBoard, and checkpoints. See cg-train(1).
      """,
    version: ToolVersion.text("cg-train", ["LibTorch \(Device.torchVersion)"]))

  @OptionGroup(title: "Data") var inputs: ImageOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Validation") var validation: ValidationOptions
  @OptionGroup(title: "Networks") var networks: NetworkOptions
  @OptionGroup(title: "Losses") var losses: LossOptions
  @OptionGroup(title: "Schedule") var schedule: ScheduleOptions
  @OptionGroup(title: "Beyond the paper") var method: MethodOptions
  @OptionGroup(title: "Run") var output: OutputOptions
  @OptionGroup(title: "Run") var compute: ComputeOptions
  @OptionGroup(title: "Log and checkpoints") var checkpoints: CheckpointOptions
  @OptionGroup(title: "Limits") var memory: CacheOptions
  @OptionGroup(title: "Limits") var limits: LimitOptions

  static func main() {
    Tool.main(Train.self, officialWords: OfficialWords.training, allowsRepeats: true)
  }

  func validate() throws {
    guard validation.valTruth != nil, validation.valCount > 0 else { return }
    guard validation.operands(dataroot: inputs.dataroot) != nil else {
      throw ValidationError("--val-truth needs --val-a and --val-b")
    }
    guard !options.isReversed else {
      throw ValidationError(
        "--val-truth is about A to B; swap -A and -B instead of using --direction BtoA")
    }
  }

  func run() throws {
    if let resumed = try resumed(GivenOptions(CommandLineArguments.all)) {
      try resumed.start(isResumed: true)
    } else {
      try start(isResumed: false)
    }
  }

  /// The command with what a run that is resumed knows about itself.
  ///
  /// - Parameter given: The options of the command line.
  /// - Returns: Without images, that of the run in its folder; with `--init-from`, which a run that has
  ///   begun does not read again, the same with the run's networks. Nil where nothing is missing.
  /// - Throws: `ToolError` if there is no run, or its options make no sense any more.
  private func resumed(_ given: GivenOptions) throws -> Train? {
    let run = FilePath(output.output)
    let words: [String]
    if !inputs.areNamed {
      let recorded = try RecordedOptions(of: run)
      words = try recorded.words(besides: given) + recorded.imageWords(besides: given)
    } else if !compute.initFrom.isEmpty, run.appending("config.json").exists {
      words = try RecordedOptions(of: run).words(besides: given, onlyNetworks: true)
    } else {
      return nil
    }
    return try Train.parse(words + CommandLineArguments.all)
  }

  private func start(isResumed: Bool) throws {
    // The run must not end when the reader of its messages does.
    signal(SIGPIPE, SIG_IGN)
    let isComplete: Bool
    do throws(TrainingError) {
      isComplete = try train(Diagnostics(tool: "cg-train"), isResumed: isResumed)
    } catch {
      // The exit status must say that the run did not end in order.
      Interrupts.forgetStop()
      throw ToolError(error.status, lines: error.linesWithHint)
    }
    if !isComplete { Tool.leave(.someFailed) }
  }

  /// Trains.
  ///
  /// - Parameters:
  ///   - diagnostics: Where messages go.
  ///   - isResumed: Whether the networks are known to be those of the run.
  /// - Returns: Whether all images could be used.
  /// - Throws: `TrainingError`; what was saved before stays.
  private func train(
    _ diagnostics: Diagnostics, isResumed: Bool
  ) throws(TrainingError) -> Bool {
    var options = self.options
    var initial: InitialWeights?
    if !isResumed, !options.initialWeights.isEmpty {
      let weights = try InitialWeights(options.initialWeights)
      try weights.setArchitecture(
        of: &options.model, besides: GivenOptions(CommandLineArguments.all).names)
      initial = weights
    }
    try options.validate()
    let run = FilePath(output.output)
    // A run that is there is locked before its images are read; a new one is made after them.
    let begun = Folder.isFolder(run) ? try RunDirectory(run) : nil
    let images = try RunImages(self, options, diagnostics)
    let directory = if let begun { begun } else { try RunDirectory(run) }
    let report = RunReport(diagnostics, output)
    options.seed = compute.seed ?? directory.recordedSeed() ?? report.drawnSeed()
    Interrupts.catchStops()
    let trainer = try Trainer(
      options, directory: directory, images: images.training, heldOut: images.heldOut,
      initial: initial, hooks: report.hooks)
    let outcome = try trainer.run()
    return report.end(outcome, images)
  }

  /// The values of all options that a run stores.
  private var options: TrainingOptions {
    var options = TrainingOptions()
    let groups: [any TrainingOptionGroup] = [
      data, networks, losses, schedule, method, compute, checkpoints, memory,
    ]
    for group in groups { group.store(in: &options) }
    options.preprocessing.maximumPixels = limits.decoding.maximumPixels
    options.changedLimits = limits.changed
    return options
  }
}

import CycleGAN
import CycleGANTraining
import Glibc

/// What the tool prints of a run: notes, warnings, a progress bar and the last line.
final class RunReport {
  private let diagnostics: Diagnostics
  private let options: OutputOptions
  private let bar: ProgressBar
  private var throughput = Throughput()
  /// Where a log is written in place of a bar.
  private var interval: LogInterval?

  init(_ diagnostics: Diagnostics, _ options: OutputOptions) {
    self.diagnostics = diagnostics
    self.options = options
    bar = ProgressBar(
      options.quiet ? .never : options.progress ? .always : .automatic, diagnostics)
    let isLog = !options.quiet && !options.progress && isatty(STDERR_FILENO) == 0
    interval = isLog ? LogInterval() : nil
  }

  /// What the trainer calls.
  var hooks: TrainerHooks {
    TrainerHooks(
      progress: { [self] in show($0) }, note: { [self] in note($0) },
      warn: { [self] in diagnostics.say($0) },
      alarm: { [self] in diagnostics.say("step \($1): \($0); \($0.hint)") },
      stops: { Interrupts.wantsStop },
      saves: { Interrupts.takeSaveRequest() })
  }

  /// Says how a run ended.
  ///
  /// - Parameters:
  ///   - outcome: How.
  ///   - images: All of them, which know what failed.
  /// - Returns: Whether all images could be used.
  func end(_ outcome: Trainer.Outcome, _ images: RunImages) -> Bool {
    bar.finish()
    let run = FilePath(options.output)
    switch outcome {
    case .finished(let steps):
      note("\(run): finished after \(steps) steps\(speed), \(weights(in: run))")
    case .alreadyFinished(let steps):
      note(
        "\(run): already finished after \(steps) steps, nothing to do, \(weights(in: run)); see "
          + "--n-epochs")
    case .stopped(let step):
      note(
        "\(run): stopped and saved after step \(step)\(speed); run the same command again to resume"
      )
    }
    var isComplete = true
    for (name, images) in images.all {
      let failed = images.failures.count + images.failedBefore
      guard failed > 0 else { continue }
      isComplete = false
      diagnostics.say(
        "\(failed) of \(images.count + images.failedBefore) \(name) were skipped")
    }
    return isComplete
  }

  /// Draws a seed for a run that was given none, and names it.
  func drawnSeed() -> UInt64 {
    let seed = UInt64(UInt32.random(in: .min ... .max))
    note("the seed was drawn at random; --seed \(seed) repeats this run")
    return seed
  }

  /// Names the files that cg-apply takes.
  private func weights(in run: FilePath) -> String {
    let generators = [NetworkRole.generatorAB, .generatorBA].flatMap { role in
      [RunDirectory.weights(of: role, in: run), RunDirectory.emaWeights(of: role, in: run)]
    }
    return "the weights are " + generators.filter(\.exists).map(\.escaped).joined(separator: ", ")
  }

  private func note(_ line: String) {
    if !options.quiet { diagnostics.say(line) }
  }

  /// The throughput of this process, for the last line; nothing if it did no step.
  private var speed: String {
    guard throughput.steps > 0 else { return "" }
    let share = (throughput.waitedShare * 1000).rounded() / 10
    return
      ", \(ProgressBar.short(throughput.imagesPerSecond)) images/s, \(share) % of the time waiting for data"
  }

  private func show(_ progress: TrainingProgress) {
    throughput = progress.throughput
    if interval?.ends(at: throughput.seconds) ?? false {
      let details = Self.details(progress).map(\.text).joined(separator: ", ")
      diagnostics.say("\(progress.position), \(details)")
    }
    bar.update(
      done: progress.run.step, total: progress.run.totalSteps, unit: "steps",
      from: progress.firstStep, Self.details(progress))
  }

  /// Ordered for reading; the ranks say what a narrow terminal leaves out.
  private static func details(_ progress: TrainingProgress) -> [ProgressLine.Field] {
    let losses = progress.losses
    func pair(_ name: String, _ a: Float, _ b: Float) -> String {
      "\(name) \(ProgressBar.short(Double(a))) \(ProgressBar.short(Double(b)))"
    }
    return [
      .init("\(ProgressBar.short(progress.throughput.imagesPerSecond)) images/s", rank: 3),
      .init("epoch \(progress.run.epoch)/\(progress.run.totalEpochs)", rank: 7),
      .init(pair("D", losses.discriminatorA, losses.discriminatorB), rank: 4),
      .init(pair("G", losses.adversarialAB, losses.adversarialBA), rank: 5),
      .init(pair("cycle", losses.cycleA, losses.cycleB), rank: 6),
      .init(pair("identity", losses.identityA, losses.identityB), rank: 8),
    ]
  }
}

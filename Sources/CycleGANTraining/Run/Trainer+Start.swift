import CycleGAN
import Glibc

extension Trainer {
  /// The newest checkpoint of this run, if it is one with the same options.
  func findCheckpoint() throws(TrainingError) -> Checkpoint? {
    guard let checkpoint = try Checkpoint.newest(in: directory, warn: hooks.warn) else {
      guard let remains = directory.remains() else { return nil }
      throw .directory(
        "\(remains) is there, but no checkpoint to go on from; choose another -o, or remove it")
    }
    for note in try configuration.compared(with: checkpoint.configuration) { hooks.note(note) }
    return checkpoint
  }

  func makeModel() throws(TrainingError) -> CycleGANModel {
    do {
      try Device.setThreads(options.threads)
      return try CycleGANModel(
        options.model, device: Device(options.device),
        random: RandomSource(seed: options.seed).stream(Purpose.model))
    } catch {
      throw .torch(error)
    }
  }

  /// Goes on from a checkpoint, or begins.
  func start(_ model: CycleGANModel, _ checkpoint: Checkpoint?) throws(TrainingError) {
    guard let checkpoint else {
      if !options.initialWeights.isEmpty {
        try load(FilePath(options.initialWeights), into: model)
      }
      return
    }
    try restore(model, checkpoint)
    if position.step > 0 { hooks.note("going on after step \(position.step) of \(totalSteps)") }
  }

  /// Makes model, position and order those of a checkpoint.
  func restore(_ model: CycleGANModel, _ checkpoint: Checkpoint) throws(TrainingError) {
    do {
      try model.restore(checkpoint.state)
    } catch {
      throw .directory("\(directory.checkpoint(step: checkpoint.position.step)): \(error)")
    }
    position = checkpoint.position
    data.order.detour = checkpoint.detour
    health = checkpoint.health
    validatedEpoch = checkpoint.validatedEpoch
    best = checkpoint.best
  }

  private func load(_ folder: FilePath, into model: CycleGANModel) throws(TrainingError) {
    for role in NetworkRole.allCases {
      let path = RunDirectory.weights(of: role, in: folder)
      guard path.withCString({ access($0, F_OK) }) == 0 else {
        guard role == .discriminatorA || role == .discriminatorB else {
          throw .input("\(path): \(SystemError.current); --init-from takes a run's folder")
        }
        hooks.note("\(path) is not there, so this discriminator begins untrained")
        continue
      }
      do {
        try model.load(WeightsFile.read(path), into: role)
      } catch {
        throw .images("\(path): \(error)")
      }
    }
  }

  func makeValidation(_ model: CycleGANModel) throws(TrainingError) -> Validation? {
    guard let heldOut else { return nil }
    do {
      return try Validation(heldOut, options, device: model.device)
    } catch {
      throw .torch(error)
    }
  }

  /// The first images of both domains that can be used, which every grid shows.
  func sampleGrid() throws(TrainingError) -> SampleGrid {
    SampleGrid(realA: try data.fixed(.A, 0), realB: try data.fixed(.B, 0))
  }
}

import CycleGAN
import Glibc

extension Trainer {
  /// Writes a checkpoint of this step.
  func save(_ model: CycleGANModel, _ log: TrainingLog) throws(TrainingError) {
    let state: WeightsFile
    do {
      state = try model.state()
    } catch {
      throw .torch(error)
    }
    do {
      try state.requireFinite()
    } catch {
      throw .notFinite("after step \(position.step) \(error); nothing was saved")
    }
    try log.synchronize()
    try Checkpoint(
      position: position, logBytes: log.bytes, configuration: configuration.json, state: state
    ).write(to: directory)
    lastSave = .now
  }

  /// Writes a checkpoint and a sample; where the disk fails, the next one is another chance.
  func saveAndGoOn(
    _ model: CycleGANModel, _ log: TrainingLog, _ grid: SampleGrid
  ) throws(TrainingError) {
    do {
      try save(model, log)
      draw(grid, model)
    } catch .system(let reason) {
      lastSave = .now
      hooks.warn("no checkpoint at step \(position.step): \(reason); training goes on")
    }
  }

  /// Draws the sample grid of this step; nothing depends on it.
  func draw(_ grid: SampleGrid, _ model: CycleGANModel) {
    let path = directory.sample(step: position.step)
    do {
      try AtomicFile.write(grid.image(model).encoded(as: .png), to: path)
    } catch {
      hooks.warn("\(path): \(error)")
    }
  }

  /// Writes config.json as this process understands it; the checkpoints carry their own.
  func write(_ configuration: RunConfiguration) throws(TrainingError) {
    do {
      try AtomicFile.write(configuration.text, to: directory.config, synchronized: true)
    } catch {
      throw .writing(directory.config, error)
    }
  }

  /// Whether all four weights files are there and of this step.
  func hasWeights(steps: Int) -> Bool {
    NetworkRole.allCases.allSatisfy { role in
      let path = RunDirectory.weights(of: role, in: directory.path)
      // A file that cannot be read is written again, whatever the reason.
      let weights = try? WeightsFile.read(path)
      return weights?.metadata["steps"] == String(steps)
    }
  }

  /// Writes the four weights files: all under other names first, so that all appear or none.
  func writeWeights(_ model: CycleGANModel) throws(TrainingError) {
    var finished: [(FilePath, FilePath)] = []
    defer { for (temporary, _) in finished { _ = temporary.withCString { unlink($0) } } }
    // The generators last: who waits for them finds the discriminators too.
    for role in NetworkRole.allCases.reversed() {
      let path = RunDirectory.weights(of: role, in: directory.path)
      let temporary = directory.path.appending(
        FilePath(bytes: Array(".".utf8) + path.lastComponent.bytes + Array(".tmp".utf8)))
      finished.append((temporary, path))
      do {
        var weights = try model.weights(of: role)
        weights.metadata.merge(metadata(of: role)) { _, new in new }
        try weights.write(to: temporary, synchronized: true)
      } catch {
        throw .system("\(path): \(error)")
      }
    }
    for (temporary, path) in finished {
      let renamed = temporary.withCString { from in path.withCString { rename(from, $0) } }
      guard renamed == 0 else { throw .writing(path, .current) }
    }
    try directory.synchronize()
  }

  private func metadata(of role: NetworkRole) -> [String: String] {
    [
      "role": role.rawValue, role.place.key: role.place.value, "steps": String(position.step),
      "seed": String(options.seed), "preprocess": options.preprocessing.mode.rawValue,
      "load_size": String(options.preprocessing.loadSize),
      "crop_size": String(options.preprocessing.cropSize), "tool": "cg-train \(cycleGANVersion)",
    ]
  }
}

import CycleGAN
import Glibc

extension Trainer {
  /// A weights file of the end.
  private struct FinalWeights {
    let role: NetworkRole
    let isMean: Bool
    let path: FilePath
  }

  /// All weights files, the generators last: who waits for them finds the others too.
  private var finalWeights: [FinalWeights] {
    let networks = NetworkRole.allCases.reversed().map { role in
      FinalWeights(
        role: role, isMean: false, path: RunDirectory.weights(of: role, in: directory.path))
    }
    guard options.model.averageDecay != nil else { return networks }
    let means = [NetworkRole.generatorAB, .generatorBA].map { role in
      FinalWeights(
        role: role, isMean: true, path: RunDirectory.averageWeights(of: role, in: directory.path))
    }
    return means + networks
  }

  /// Whether all weights files are there and of this step.
  func hasWeights(steps: Int) -> Bool {
    finalWeights.allSatisfy { file in
      // A file that cannot be read is written again, whatever the reason.
      let weights = try? WeightsFile.read(file.path)
      return weights?.metadata["steps"] == String(steps)
    }
  }

  /// Writes all weights files, all of them or none.
  func writeWeights(_ model: CycleGANModel) throws(TrainingError) {
    try publish(finalWeights) { file throws in
      let mean = file.isMean ? try model.averageWeights(of: file.role) : nil
      return try mean ?? model.weights(of: file.role)
    }
  }

  /// Writes both generators, or their running means, as the best so far; both or none.
  ///
  /// - Parameters:
  ///   - model: Both generators.
  ///   - best: What the files say about themselves.
  /// - Throws: `TrainingError` if they cannot be written; older ones then stay.
  func writeBestGenerators(_ model: CycleGANModel, _ best: BestEpoch) throws(TrainingError) {
    let files = [NetworkRole.generatorBA, .generatorAB].map { role in
      FinalWeights(
        role: role, isMean: false, path: RunDirectory.weights(of: role, in: directory.best))
    }
    try directory.makeBest()
    try publish(files) { file throws in
      var weights = try model.averageWeights(of: file.role) ?? model.weights(of: file.role)
      weights.metadata["best_by"] = best.merit.rawValue
      weights.metadata["epoch"] = String(best.epoch)
      return weights
    }
  }

  /// Writes files first under other names, so that all appear or none.
  private func publish(
    _ files: [FinalWeights], _ weights: (FinalWeights) throws -> WeightsFile
  ) throws(TrainingError) {
    var finished: [(FilePath, FilePath)] = []
    defer { for (temporary, _) in finished { _ = temporary.withCString { unlink($0) } } }
    for file in files {
      let temporary = file.path.directory.appending(
        FilePath(bytes: Array(".".utf8) + file.path.lastComponent.bytes + Array(".tmp".utf8)))
      finished.append((temporary, file.path))
      do {
        var weights = try weights(file)
        weights.metadata.merge(metadata(of: file.role)) { _, new in new }
        try weights.write(to: temporary, synchronized: true)
      } catch {
        throw .system("\(file.path): \(error)")
      }
    }
    for (temporary, path) in finished {
      let renamed = temporary.withCString { from in path.withCString { rename(from, $0) } }
      guard renamed == 0 else { throw .writing(path, .current) }
    }
    guard let first = files.first else { return }
    try RunDirectory.synchronize(first.path.directory)
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

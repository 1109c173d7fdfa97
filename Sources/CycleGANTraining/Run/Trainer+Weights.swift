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

  /// Writes all weights files: first under other names, so that all appear or none.
  func writeWeights(_ model: CycleGANModel) throws(TrainingError) {
    var finished: [(FilePath, FilePath)] = []
    defer { for (temporary, _) in finished { _ = temporary.withCString { unlink($0) } } }
    for file in finalWeights {
      let temporary = directory.path.appending(
        FilePath(bytes: Array(".".utf8) + file.path.lastComponent.bytes + Array(".tmp".utf8)))
      finished.append((temporary, file.path))
      do {
        let mean = file.isMean ? try model.averageWeights(of: file.role) : nil
        var weights = try mean ?? model.weights(of: file.role)
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

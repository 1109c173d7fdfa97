import CycleGAN
import Glibc

/// Writes the weights files that other tools read: those of the end, and those of the best epoch.
struct WeightsPublisher {
  /// A file, and the network in it.
  private struct File {
    let role: NetworkRole
    let isEMA: Bool
    let path: FilePath
  }

  private let options: TrainingOptions
  private let directory: RunDirectory

  /// Prepares; nothing is written.
  ///
  /// - Parameters:
  ///   - options: The run's; the files' metadata have some of them.
  ///   - directory: The run's.
  init(_ options: TrainingOptions, _ directory: RunDirectory) {
    (self.options, self.directory) = (options, directory)
  }

  /// All weights files, the generators last: who waits for them finds the others too.
  private var files: [File] {
    let networks = NetworkRole.allCases.reversed().map { role in
      File(role: role, isEMA: false, path: RunDirectory.weights(of: role, in: directory.path))
    }
    guard options.model.emaDecay != nil else { return networks }
    let averages = [NetworkRole.generatorAB, .generatorBA].map { role in
      File(role: role, isEMA: true, path: RunDirectory.emaWeights(of: role, in: directory.path))
    }
    return averages + networks
  }

  /// Whether all weights files are there and of this step.
  func isPublished(step: Int) -> Bool {
    files.allSatisfy { file in
      // A file that cannot be read is written again, whatever the reason.
      let weights = try? WeightsFile.read(file.path)
      return weights?.metadata["steps"] == String(step)
    }
  }

  /// Writes all weights files, all of them or none.
  ///
  /// - Parameters:
  ///   - model: Has the networks.
  ///   - step: Steps done, for the metadata.
  /// - Throws: `TrainingError` if they cannot be written.
  func publish(_ model: CycleGANModel, step: Int) throws(TrainingError) {
    try write(files, step: step) { file throws in
      let average = file.isEMA ? try model.emaWeights(of: file.role) : nil
      return try average ?? model.weights(of: file.role)
    }
  }

  /// Writes both generators, or their EMA, as the best so far; both or none.
  ///
  /// - Parameters:
  ///   - model: Has both generators.
  ///   - best: The epoch, for the metadata.
  /// - Throws: `TrainingError` if they cannot be written; older ones then stay.
  func publishBest(_ model: CycleGANModel, _ best: BestEpoch) throws(TrainingError) {
    let files = [NetworkRole.generatorBA, .generatorAB].map { role in
      File(role: role, isEMA: false, path: RunDirectory.weights(of: role, in: directory.best))
    }
    try directory.makeBest()
    try write(files, step: best.step) { file throws in
      var weights = try model.emaWeights(of: file.role) ?? model.weights(of: file.role)
      weights.metadata["best_by"] = best.metric.rawValue
      weights.metadata["epoch"] = String(best.epoch)
      return weights
    }
  }

  /// Writes files first under temporary names, so that all appear or none.
  private func write(
    _ files: [File], step: Int, _ weights: (File) throws -> WeightsFile
  ) throws(TrainingError) {
    var written: [(temporary: FilePath, path: FilePath)] = []
    defer { for file in written { _ = file.temporary.withCString { unlink($0) } } }
    for file in files {
      let temporary = file.path.directory.appending(
        FilePath(bytes: Array(".".utf8) + file.path.lastComponent.bytes + Array(".tmp".utf8)))
      written.append((temporary, file.path))
      do {
        var weights = try weights(file)
        weights.metadata.merge(metadata(of: file.role, step: step)) { _, new in new }
        try weights.write(to: temporary, synchronized: true)
      } catch {
        throw .system("\(file.path): \(error)")
      }
    }
    for (temporary, path) in written {
      let renamed = temporary.withCString { from in path.withCString { rename(from, $0) } }
      guard renamed == 0 else { throw .writing(path, .current) }
    }
    guard let first = files.first else { return }
    try RunDirectory.synchronize(first.path.directory)
  }

  private func metadata(of role: NetworkRole, step: Int) -> [String: String] {
    [
      "role": role.rawValue, role.metadataEntry.key: role.metadataEntry.value,
      "steps": String(step),
      "seed": String(options.seed), "preprocess": options.preprocessing.mode.rawValue,
      "load_size": String(options.preprocessing.loadSize),
      "crop_size": String(options.preprocessing.cropSize), "tool": "cg-train \(cycleGANVersion)",
    ]
  }
}

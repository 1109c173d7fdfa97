import CycleGAN
import Glibc

/// Everything that a bitwise resume needs: one safetensors file.
///
/// Its metadata has the run's state, the lengths of the tables and the configuration, its tensors the
/// model's state.
struct Checkpoint {
  /// How far the run is.
  let state: RunState
  /// Bytes of the run's tables that belong to the steps done.
  let tables: RunTables.Lengths
  /// What the run was started with.
  let configuration: JSON
  private let model: WeightsFile

  private static let version = "1"
}

// MARK: - Writing

extension Checkpoint {
  /// Takes the state of a model.
  ///
  /// - Parameters:
  ///   - model: Its state goes into the checkpoint.
  ///   - state: How far the run is.
  ///   - tables: Bytes of the run's tables that belong to the steps done.
  ///   - configuration: What the run was started with.
  /// - Throws: `TrainingError.notFinite` if a tensor is non-finite, `.torch` if the device fails.
  init(
    of model: CycleGANModel, _ state: RunState, _ tables: RunTables.Lengths,
    _ configuration: RunConfiguration
  ) throws(TrainingError) {
    let tensors: WeightsFile
    do { tensors = try model.state() } catch { throw .torch(error) }
    do throws(WeightsError) { try tensors.requireFinite() } catch {
      throw .notFinite("after step \(state.position.step) \(error.firstPoint)")
    }
    self.init(
      state: state, tables: tables, configuration: configuration.json, model: tensors)
  }

  /// Writes the checkpoint atomically, and removes old ones.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - kept: How many stay, at least two.
  /// - Throws: `TrainingError.system`; the older checkpoints are then untouched.
  func write(to directory: RunDirectory, keeping kept: Int) throws(TrainingError) {
    let position = state.position
    var file = model
    file.metadata.merge([
      "checkpoint": Self.version, "step": String(position.step),
      "epoch": String(position.epoch), "place": String(position.stepInEpoch),
      "health": state.health.json.text, "validated_epoch": String(state.validatedEpoch),
      "configuration": configuration.text,
    ]) { _, new in new }
    for (table, bytes) in tables { file.metadata["bytes_of_\(table)"] = String(bytes) }
    if let best = state.best { file.metadata["best"] = best.json.text }
    if let rollback = state.rollback {
      file.metadata["detour_epoch"] = String(rollback.epoch)
      file.metadata["detour_place"] = String(rollback.pair)
    }
    let path = directory.checkpoint(step: position.step)
    do {
      try file.write(to: path, synchronized: true)
    } catch {
      throw .system("\(path): \(error)")
    }
    for old in try directory.checkpointSteps().dropFirst(kept) {
      _ = directory.checkpoint(step: old).withCString { unlink($0) }
    }
  }
}

extension WeightsError {
  /// The first tensor that is non-finite, and how many more there are: often all are.
  fileprivate var firstPoint: String {
    guard case .notFinite(let points) = self, points.count > 1 else { return "\(self)" }
    return "\(points[0]) (and \(points.count - 1) tensors more)"
  }
}

// MARK: - Reading

extension Checkpoint {
  /// Reads the newest checkpoint that is not damaged, and renames the damaged ones.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - warn: Told of each that is damaged.
  /// - Returns: A checkpoint, or nil if there is none.
  /// - Throws: `TrainingError.directory` if there are some and all are damaged, `.outOfMemory` if one
  ///   cannot be held in memory.
  static func newest(
    in directory: RunDirectory, warn: (String) -> Void
  ) throws(TrainingError) -> Checkpoint? {
    let (checkpoint, damaged) = try firstReadable(in: directory, warn: warn)
    for path in damaged { try setAside(path) }
    return checkpoint
  }

  /// Finds the newest checkpoint that is not damaged, and the damaged ones that are newer.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - warn: Told of each that is damaged.
  /// - Returns: Nil and nothing if there is none.
  /// - Throws: `TrainingError.directory` if there are some and all are damaged, `.outOfMemory` if one
  ///   cannot be held in memory.
  static func firstReadable(
    in directory: RunDirectory, warn: (String) -> Void
  ) throws(TrainingError) -> (checkpoint: Checkpoint?, damaged: [FilePath]) {
    let steps = try directory.checkpointSteps()
    var damaged: [FilePath] = []
    for (i, step) in steps.enumerated() {
      let path = directory.checkpoint(step: step)
      do {
        return (try Checkpoint(reading: path), damaged)
      } catch {
        // An older one needs as much memory, and this one may be whole.
        if let shortage = TrainingError.shortage(error, "\(path)") { throw shortage }
        let next = i + 1 < steps.count ? directory.checkpoint(step: steps[i + 1]) : nil
        let fallback = next.map { "falling back to \($0)" } ?? "there is no older one"
        warn("\(path): \(error); \(fallback)")
        damaged.append(path)
      }
    }
    guard steps.isEmpty else {
      throw .directory("\(directory.path): no checkpoint can be read")
    }
    return (nil, [])
  }

  /// A damaged file must not count as one of those that are kept.
  private static func setAside(_ path: FilePath) throws(TrainingError) {
    let aside = FilePath(bytes: path.bytes + Array(".damaged".utf8))
    guard path.withCString({ from in aside.withCString { rename(from, $0) } }) == 0 else {
      throw .writing(path, .current)
    }
  }

  /// Reads a checkpoint.
  ///
  /// - Parameter path: The file.
  /// - Throws: What is wrong with it.
  private init(reading path: FilePath) throws {
    let file = try WeightsFile.read(path)
    func number(_ key: String) throws -> Int {
      guard let text = file.metadata[key], let value = Int(text), value >= 0 else {
        throw WeightsError.unrecognized("not a checkpoint of cg-train: it lacks \(key)")
      }
      return value
    }
    guard let version = file.metadata["checkpoint"], version == Self.version else {
      throw WeightsError.unrecognized(
        "a checkpoint of format \(file.metadata["checkpoint"] ?? "none"); this cg-train reads "
          + "format \(Self.version)")
    }
    try file.requireFinite()
    let wasRolledBack = file.metadata["detour_epoch"] != nil
    self.init(
      state: RunState(
        position: RunPosition(
          step: try number("step"), epoch: try number("epoch"), stepInEpoch: try number("place")),
        health: HealthWatch(try JSON(parsing: Array((file.metadata["health"] ?? "{}").utf8))),
        validatedEpoch: try number("validated_epoch"),
        best: try file.metadata["best"].flatMap { BestEpoch(try JSON(parsing: Array($0.utf8))) },
        rollback: wasRolledBack
          ? .init(epoch: try number("detour_epoch"), pair: try number("detour_place")) : nil),
      tables: Dictionary(
        uniqueKeysWithValues: try RunTables.names.map { ($0, try number("bytes_of_\($0)")) }),
      configuration: try JSON(parsing: Array((file.metadata["configuration"] ?? "").utf8)),
      model: file)
  }

  /// Gives a model the state of the checkpoint.
  ///
  /// - Parameters:
  ///   - model: Made with the same options.
  ///   - directory: The run's, for messages.
  ///   - configuration: Of the process that resumes.
  /// - Returns: How far the run is. With other held-out images than before there is no best epoch.
  /// - Throws: `TrainingError.directory` if the state does not fit the model, `.outOfMemory` if the device
  ///   has no room for it.
  func restore(
    _ model: CycleGANModel, in directory: RunDirectory, _ configuration: RunConfiguration
  ) throws(TrainingError) -> RunState {
    do {
      try model.restore(self.model)
    } catch {
      let path = directory.checkpoint(step: state.position.step)
      throw TrainingError.shortage(error, "\(path)") ?? .directory("\(path): \(error)")
    }
    var state = state
    if !configuration.hasHeldOut(of: self.configuration) { state.best = nil }
    return state
  }
}

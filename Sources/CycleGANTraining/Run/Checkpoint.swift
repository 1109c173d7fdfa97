import CycleGAN
import Glibc

/// Everything a run needs to go on: one safetensors file.
struct Checkpoint {
  /// How far the run is.
  var position: RunPosition
  /// Bytes of the run's tables that belong to the steps done.
  var tables: RunTables.Lengths
  /// What the watch over the run's health remembers.
  var health: HealthWatch
  /// The last epoch that was validated; 0 for none.
  var validatedEpoch = 0
  /// The best epoch so far.
  var best: BestEpoch?
  /// Where the run left the order that its seed gives; nil if it never went back.
  var detour: DataOrder.Detour?
  /// What the run was started with.
  var configuration: JSON
  /// The model's state.
  var state: WeightsFile

  private static let version = "1"

  /// Writes a checkpoint so that it is whole or not there, and prunes old ones.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - kept: How many stay, at least two.
  /// - Throws: `TrainingError.system`; the older checkpoints are then untouched.
  func write(to directory: RunDirectory, keeping kept: Int) throws(TrainingError) {
    var file = state
    file.metadata.merge([
      "checkpoint": Self.version, "step": String(position.step),
      "epoch": String(position.epoch), "place": String(position.place),
      "health": health.json.text, "validated_epoch": String(validatedEpoch),
      "configuration": configuration.text,
    ]) { _, new in new }
    for (table, bytes) in tables { file.metadata["bytes_of_\(table)"] = String(bytes) }
    if let best { file.metadata["best"] = best.json.text }
    if let detour {
      file.metadata["detour_epoch"] = String(detour.epoch)
      file.metadata["detour_place"] = String(detour.place)
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

  /// Reads the newest checkpoint that is whole; damaged ones are set aside under another name.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - warn: Told of each that is damaged.
  /// - Returns: A checkpoint, or nil if there is none.
  /// - Throws: `TrainingError.directory` if there are some and none is whole.
  static func newest(
    in directory: RunDirectory, warn: (String) -> Void
  ) throws(TrainingError) -> Checkpoint? {
    let (checkpoint, damaged) = try firstWhole(in: directory, warn: warn)
    for path in damaged { try setAside(path) }
    return checkpoint
  }

  /// Finds the newest checkpoint that is whole, and those that are newer.
  ///
  /// - Parameters:
  ///   - directory: The run's.
  ///   - warn: Told of each that is damaged.
  /// - Returns: Nil and nothing if there is none.
  /// - Throws: `TrainingError.directory` if there are some and none is whole.
  static func firstWhole(
    in directory: RunDirectory, warn: (String) -> Void
  ) throws(TrainingError) -> (checkpoint: Checkpoint?, damaged: [FilePath]) {
    let steps = try directory.checkpointSteps()
    var damaged: [FilePath] = []
    for (i, step) in steps.enumerated() {
      let path = directory.checkpoint(step: step)
      do {
        return (try Checkpoint(reading: path), damaged)
      } catch {
        let next = i + 1 < steps.count ? directory.checkpoint(step: steps[i + 1]) : nil
        let fallback = next.map { "falling back to \($0)" } ?? "there is no older one"
        warn("\(path): \(error); \(fallback)")
        damaged.append(path)
      }
    }
    guard steps.isEmpty else {
      throw .directory(
        "\(directory.path): no checkpoint can be read; restore one, or choose another -o")
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
}

extension Checkpoint {
  /// Reads a checkpoint.
  ///
  /// - Parameter path: The file.
  /// - Throws: What is wrong with it.
  init(reading path: FilePath) throws {
    let state = try WeightsFile.read(path)
    func number(_ key: String) throws -> Int {
      guard let text = state.metadata[key], let value = Int(text), value >= 0 else {
        throw WeightsError.unrecognized("not a checkpoint of cg-train: it lacks \(key)")
      }
      return value
    }
    guard let version = state.metadata["checkpoint"], version == Self.version else {
      throw WeightsError.unrecognized(
        "a checkpoint of format \(state.metadata["checkpoint"] ?? "none"); this cg-train reads "
          + "format \(Self.version)")
    }
    try state.requireFinite()
    let isDetoured = state.metadata["detour_epoch"] != nil
    self.init(
      position: RunPosition(
        step: try number("step"), epoch: try number("epoch"), place: try number("place")),
      tables: Dictionary(
        uniqueKeysWithValues: try RunTables.names.map { ($0, try number("bytes_of_\($0)")) }),
      health: HealthWatch(try JSON(parsing: Array((state.metadata["health"] ?? "{}").utf8))),
      validatedEpoch: try number("validated_epoch"),
      best: try state.metadata["best"].flatMap { BestEpoch(try JSON(parsing: Array($0.utf8))) },
      detour: isDetoured
        ? .init(epoch: try number("detour_epoch"), place: try number("detour_place")) : nil,
      configuration: try JSON(parsing: Array((state.metadata["configuration"] ?? "").utf8)),
      state: state)
  }
}

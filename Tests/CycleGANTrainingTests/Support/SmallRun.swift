import CycleGAN
import Foundation

@testable import CycleGANTraining

/// A run that takes a fraction of a second: seven images of 16 px, narrow networks.
struct SmallRun {
  let folder: TemporaryFolder
  var options: TrainingOptions
  /// Told of every warning and note.
  final class Messages {
    var lines: [String] = []
  }
  let messages = Messages()
  /// The step of a process after which it is asked to save.
  var saving = 0
  /// Draws the images: of a domain, 0 or 1, and a place.
  var image: (Int, Int) -> Frame = { TrainingMaterial.image($0, $1, channels: 3, side: 24) }
  /// What every epoch is measured on, if anything.
  var heldOut: HeldOutImages?
  /// Breaks a step: given the number of the call, counted from 1, over all steps of a process.
  var fault: (Int, BatchLoader.Batch, CycleGANModel) throws -> BatchLoader.Batch =
    { _, batch, _ in batch }

  init() throws {
    folder = try TemporaryFolder()
    options = TrainingOptions()
    options.model.generatorKind = .resnet(blocks: 1)
    options.model.discriminatorKind = .patch(layers: 1)
    (options.model.generatorWidth, options.model.discriminatorWidth) = (2, 2)
    (options.model.dropout, options.model.poolSize) = (true, 3)
    (options.preprocessing.loadSize, options.preprocessing.cropSize) = (20, 16)
    (options.epochs, options.decayEpochs, options.logEvery) = (2, 1, 1)
  }

  var path: FilePath { folder.path.appending("run") }

  /// Trains; with `stop`, asked to stop after that many steps of this process.
  @discardableResult
  func run(stoppingAfter stop: Int? = nil) throws -> Trainer.Outcome {
    let cache = ImageCache(maximumBytes: 1 << 20)
    func images(_ domain: Int, _ count: Int) -> TrainingImages {
      let items = (0..<count).map {
        TrainingImages.Item.frame(image(domain, $0), name: nil)
      }
      return TrainingImages(items, cache: cache)
    }
    var steps = 0
    let hooks = TrainerHooks(
      progress: { _ in steps += 1 }, note: { [messages] in messages.lines.append($0) },
      warn: { [messages] in messages.lines.append($0) },
      alarm: { [messages] in messages.lines.append("step \($1): \($0)") }, stops: { steps == stop },
      saves: { [saving] in steps == saving })
    let trainer = try Trainer(
      options, directory: RunDirectory(path), images: (images(0, 4), images(1, 3)),
      heldOut: heldOut, hooks: hooks)
    var calls = 0
    trainer.beforeStep = { [fault] batch, model throws(TrainingError) -> BatchLoader.Batch in
      calls += 1
      do { return try fault(calls, batch, model) } catch { throw .options("\(error)") }
    }
    return try trainer.run()
  }

  /// The bytes of what a run leaves that must not depend on interruptions.
  var results: [[UInt8]] {
    get throws {
      try [
        "gen_AB.bin", "gen_BA.bin", "disc_A.bin", "disc_B.bin", "log.tsv", "health.tsv",
        "validation.tsv",
      ].map {
        Array(try ByteReader(path.appending($0)).readAll())
      }
    }
  }

  /// The names in the run's folder.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path.string).sorted() }
  }

  /// The steps that samples were drawn after.
  var samples: [Int] {
    get throws {
      let folder = path.appending("samples").string
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .compactMap { Int($0.prefix { $0 != "." }) }.sorted()
    }
  }

  /// The checkpoints that are there, oldest first.
  var checkpoints: [FilePath] {
    get throws {
      let folder = path.appending("checkpoints")
      // A start that fails leaves nothing.
      guard Folder.isFolder(folder) else { return [] }
      return try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
        .map { folder.appending($0) }
    }
  }

  func checkpoint(_ step: Int) -> FilePath {
    let digits = String(step)
    let zeros = String(repeating: "0", count: 8 - digits.count)
    return path.appending("checkpoints/\(zeros)\(digits).ckpt")
  }
}

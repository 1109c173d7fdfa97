import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

/// Images that cannot be read any more while a run is at work.
@Suite struct VanishedImagesTests {
  private let folder: TemporaryFolder
  private let messages = Locked<[String]>([])

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a", "b"] {
      try FileManager.default.createDirectory(
        atPath: folder.path.appending(name).string, withIntermediateDirectories: true)
      for i in 0..<4 {
        let image = try Image(TrainingMaterial.image(name == "a" ? 0 : 1, i, channels: 3, side: 24))
        try AtomicFile.write(
          image.encoded(as: .png), to: folder.path.appending("\(name)/\(i).png"))
      }
    }
  }

  private func images(
    _ name: String, pauses: [Double], stops: @escaping @Sendable () -> Bool = { false }
  ) -> TrainingImages {
    var patience = Patience()
    patience.pauses = pauses
    patience.say = { [messages] line in messages.withLock { $0.append(line) } }
    patience.stops = stops
    return TrainingImages(
      (0..<4).map { .file(folder.path.appending("\(name)/\($0).png")) },
      cache: ImageCache(maximumBytes: 0), patience: patience)
  }

  /// Trains; `vanish` is called after two steps.
  private func train(
    _ small: SmallRun, pauses: [Double], wantsStop: Locked<Bool> = Locked(false),
    vanish: @escaping () -> Void = {}
  ) throws -> Trainer.Outcome {
    let stops: @Sendable () -> Bool = { wantsStop.withLock { $0 } }
    var options = small.options
    options.loadingThreads = 1
    var steps = 0
    let trainer = try Trainer(
      options, directory: RunDirectory(small.path),
      images: (
        images("a", pauses: pauses, stops: stops), images("b", pauses: pauses, stops: stops)
      ),
      hooks: TrainerHooks(
        progress: { _ in
          steps += 1
          if steps == 2 { vanish() }
        }, stops: stops))
    return try trainer.run()
  }

  /// Renames a folder; a test that fails to shows it by what comes after.
  private func move(_ from: String, _ to: String) { rename(below: folder.path, from, to) }

  @Test func `a drive that comes back costs nothing but the time`() throws {
    let (whole, broken) = (try SmallRun(), try SmallRun())
    #expect(try train(whole, pauses: []) == .finished(steps: 12))
    let outcome = try train(broken, pauses: [Double](repeating: 0.05, count: 100)) {
      move("a", "gone")
      let thread = Thread { [root = folder.path] in
        usleep(300_000)
        rename(below: root, "gone", "a")
      }
      thread.start()
    }
    #expect(outcome == .finished(steps: 12))
    #expect(try whole.results == broken.results)
    #expect(messages.withLock { $0.count { $0.hasSuffix("trying again") } } == 1)
  }

  @Test func `a drive that stays away ends the run saved, and the same command resumes`() throws {
    let (whole, broken) = (try SmallRun(), try SmallRun())
    #expect(try train(whole, pauses: []) == .finished(steps: 12))
    let error = #expect(throws: TrainingError.self) {
      _ = try train(broken, pauses: [0.01, 0.02], vanish: { move("b", "gone") })
    }
    let found = try #require(error)
    #expect(found.status == .noInput)
    let step = try #require(
      "\(found)".firstMatch(
        of:
          #/No such file or directory, also after 0\.0 s of trying again; stopped and saved after step (\d+); run the same command/#
      )
    )
    #expect(try broken.checkpoints.last == broken.checkpoint(Int(step.1) ?? -1))
    #expect((Int(step.1) ?? 0) >= 2)
    move("gone", "b")
    #expect(try train(broken, pauses: []) == .finished(steps: 12))
    #expect(try whole.results == broken.results)
  }

  @Test func `one file that vanishes is a bad image, and the run goes on`() throws {
    var small = try SmallRun()
    small.options.maximumBad = 0.5
    let outcome = try train(small, pauses: [60]) {
      #expect(folder.path.appending("a/1.png").withCString { unlink($0) } == 0)
    }
    #expect(outcome == .finished(steps: 12))
  }

  @Test func `too many bad images end the run saved`() throws {
    let small = try SmallRun()
    func spoil() {
      for i in 0..<3 {
        let path = folder.path.appending("a/\(i).png")
        do { try AtomicFile.write([1], to: path) } catch { Issue.record(error) }
      }
    }
    let error = #expect(throws: TrainingError.self) {
      _ = try train(small, pauses: [60], vanish: spoil)
    }
    let found = try #require(error)
    #expect(found.status == .someFailed)
    #expect("\(found)".contains("stopped and saved after step"))
    #expect(try small.checkpoints.count == 2)
  }

  @Test func `a signal ends the waiting`() throws {
    let small = try SmallRun()
    let wantsStop = Locked(false)
    let outcome = try train(
      small, pauses: [60], wantsStop: wantsStop
    ) {
      move("a", "gone")
      let thread = Thread {
        usleep(300_000)
        wantsStop.withLock { $0 = true }
      }
      thread.start()
    }
    guard case .stopped(let step) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(try small.checkpoints.last == small.checkpoint(step))
  }
}

/// Renames a folder.
private func rename(below root: FilePath, _ from: String, _ to: String) {
  let renamed = root.appending(from).withCString { from in
    root.appending(to).withCString { rename(from, $0) }
  }
  #expect(renamed == 0)
}

import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

@Suite struct TrainerTests {
  @Test func `a run leaves four weights files, a log with a row a step, and two checkpoints`()
    throws
  {
    let small = try SmallRun()
    #expect(try small.run() == .finished(steps: 12))
    let log = String(decoding: try small.results[4], as: UTF8.self).split(separator: "\n")
    #expect(log.count == 13)
    #expect(log[0].hasPrefix("step\tepoch\timages\tlearning_rate\tdiscriminator_A\t"))
    #expect(
      log.allSatisfy { $0.split(separator: "\t", omittingEmptySubsequences: false).count == 13 })
    let weights = try WeightsFile.read(small.path.appending("gen_AB.bin"))
    #expect(weights.metadata["steps"] == "12")
    #expect(weights.metadata["direction"] == "AB")
    let folder = small.path.appending("checkpoints").string
    let checkpoints = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(checkpoints.sorted() == ["00000000.ckpt", "00000012.ckpt"])
  }

  @Test(arguments: [1, 3, 4, 9], [Norm.instance, .batch])
  func `a run that was stopped and goes on ends with the same bytes as an unbroken one`(
    steps: Int, norm: Norm
  ) throws {
    var (whole, broken) = (try SmallRun(), try SmallRun())
    (whole.options.model.norm, broken.options.model.norm) = (norm, norm)
    try whole.run()
    #expect(try broken.run(stoppingAfter: steps) == .stopped(step: steps))
    #expect(try broken.run() == .finished(steps: 12))
    #expect(try broken.results == whole.results)
  }

  @Test func `means are saved beside the weights, and a broken run keeps their bytes`() throws {
    var (whole, broken) = (try SmallRun(), try SmallRun())
    whole.options.model.emaDecay = 0.9
    broken.options.model.emaDecay = 0.9
    try whole.run()
    try broken.run(stoppingAfter: 5)
    try broken.run()
    let plain = try SmallRun()
    try plain.run()
    #expect(try broken.results == whole.results)
    #expect(try whole.results[4] == plain.results[4])
    for (name, direction) in [("gen_AB_ema.bin", "AB"), ("gen_BA_ema.bin", "BA")] {
      let files = [whole, broken].map { $0.path.appending(name) }
      #expect(try ByteReader(files[0]).readAll() == ByteReader(files[1]).readAll())
      let weights = try WeightsFile.read(files[0])
      #expect(weights.metadata["direction"] == direction)
      #expect(weights.metadata["ema"] == "0.9")
      #expect(weights.metadata["steps"] == "12")
    }
    let sample = "samples/00000012.png"
    let samples = try [whole, broken, plain].map {
      try ByteReader($0.path.appending(sample)).readAll()
    }
    #expect(samples[0] == samples[1])
    #expect(samples[0] != samples[2])
    #expect(try whole.run() == .alreadyFinished(steps: 12))
  }

  @Test func `a killed run falls back to its last checkpoint and takes its log back, too`() throws {
    let (whole, killed) = (try SmallRun(), try SmallRun())
    try whole.run()
    try killed.run(stoppingAfter: 5)
    // What a process leaves that was killed after the checkpoint: more rows and a temporary file.
    let log = killed.path.appending("log.tsv")
    let rows = try ByteReader(log).readAll() + Array("6\t2\t6\t0.0002\t1".utf8)
    try AtomicFile.write(rows, to: log)
    try AtomicFile.write([1], to: killed.path.appending("checkpoints/.00000006.ckpt.1.tmp"))
    #expect(try killed.run() == .finished(steps: 12))
    #expect(try killed.results == whole.results)
  }

  @Test func `the same command after the end has nothing to do`() throws {
    let small = try SmallRun()
    try small.run()
    let results = try small.results
    #expect(try small.run() == .alreadyFinished(steps: 12))
    #expect(try small.results == results)
  }

  @Test func `more epochs go on where the run ended`() throws {
    var (whole, longer) = (try SmallRun(), try SmallRun())
    longer.options.maximumSteps = 4
    try longer.run()
    longer.options.maximumSteps = nil
    #expect(try longer.run() == .finished(steps: 12))
    whole.options.maximumSteps = nil
    try whole.run()
    #expect(try longer.results == whole.results)
  }

  @Test func `a damaged newest checkpoint is named and the one before is taken`() throws {
    let (whole, small) = (try SmallRun(), try SmallRun())
    try whole.run()
    try small.run(stoppingAfter: 4)
    try small.run(stoppingAfter: 3)
    let newest = small.checkpoint(7)
    let bytes = Array(try ByteReader(newest).readAll())
    try AtomicFile.write(Array(bytes.prefix(bytes.count / 2)), to: newest)
    #expect(try small.run() == .finished(steps: 12))
    #expect(small.messages.lines.contains { $0.contains("00000007.ckpt: ") })
    #expect(small.messages.lines.contains { $0.contains("falling back to") })
    #expect(try small.results == whole.results)
  }

  @Test func `a state of another kind of device is taken, with other draws on the device`() throws {
    let options = try SmallRun().options.model
    func model(_ seed: UInt64) throws -> CycleGANModel {
      try TrainingMaterial.model(options, seed: seed)
    }
    var state = try model(1).state()
    let (same, others) = (try model(2), [try model(3), try model(4)])
    try same.restore(state)
    state.metadata["device"] = "cuda"
    for other in others { try other.restore(state) }
    let whole = try same.state()["random/device"]
    #expect(whole == state["random/device"])
    let draws = try others.map { try $0.state()["random/device"] }
    #expect(draws[0] == draws[1] && draws[0] != whole)
    #expect(
      try others[0].state()["generatorAB/model.1.weight"] == state["generatorAB/model.1.weight"])
  }

  @Test func `where no checkpoint can be read a run says so and changes nothing`() throws {
    let small = try SmallRun()
    try small.run(stoppingAfter: 1)
    for step in [0, 1] { try AtomicFile.write([1, 2, 3], to: small.checkpoint(step)) }
    let error = #expect(throws: TrainingError.self) { try small.run() }
    #expect(error?.status == .badData)
  }

  @Test func `other options are refused by name, and a new -o is offered`() throws {
    var small = try SmallRun()
    try small.run(stoppingAfter: 1)
    small.options.model.learningRate = 0.1
    small.options.model.generatorWidth = 4
    let error = #expect(throws: TrainingError.self) { try small.run() }
    #expect(error?.status == .usage)
    #expect(
      error?.lines.dropLast() == [
        "--ngf was 2 when the run began and is 4 now",
        "--lr was 0.0002 when the run began and is 0.1 now",
      ])
    #expect(error?.lines.last?.contains("give the same ones again") == true)
  }

  @Test func `options that do not change the steps left may change, with a note`() throws {
    var small = try SmallRun()
    try small.run(stoppingAfter: 1)
    small.options.saveEvery = 2
    #expect(try small.run() == .finished(steps: 12))
    #expect(
      small.messages.lines.contains("--save-latest-freq was 5000 when the run began and is 2 now"))
  }

  @Test func `a second trainer is kept out and told who is at work`() throws {
    let small = try SmallRun()
    let first = try RunDirectory(small.path)
    let error = #expect(throws: TrainingError.self) { try small.run() }
    #expect(error?.status == .cannotCreate)
    #expect("\(try #require(error))".contains("process \(getpid())"))
    _ = first
  }

  @Test func `init-from begins with the weights of another run and fresh optimizers`() throws {
    var (first, second) = (try SmallRun(), try SmallRun())
    first.options.maximumSteps = 3
    try first.run()
    second.options.initialWeights = [first.path.string]
    second.options.model.learningRate = 0
    second.options.maximumSteps = 1
    try second.run()
    for name in ["gen_AB.bin", "disc_B.bin"] {
      let weights = [first, second].map { $0.path.appending(name) }
      #expect(try WeightsFile.read(weights[0]).tensors == WeightsFile.read(weights[1]).tensors)
    }
  }

  @Test func `a loss that is not a number ends the run, and the last checkpoint stays`() throws {
    var small = try SmallRun()
    small.options.model.learningRate = 1e30
    let error = #expect(throws: TrainingError.self) { try small.run() }
    #expect(error?.status == .unhealthy)
    #expect(FileManager.default.fileExists(atPath: small.checkpoint(0).string))
    #expect(!FileManager.default.fileExists(atPath: small.path.appending("gen_AB.bin").string))
  }

  @Test(arguments: [
    "log.tsv", "validation.tsv", "index.html", "timing.tsv", "events.out.tfevents.cg-train", "best",
  ])
  func `a file of somebody else is not written over`(name: String) throws {
    let small = try SmallRun()
    let file = small.path.appending(name)
    try FileManager.default.createDirectory(
      atPath: small.path.string, withIntermediateDirectories: true)
    try AtomicFile.write(Array("mine\n".utf8), to: file)
    let error = #expect(throws: TrainingError.self) { try small.run() }
    #expect(
      "\(try #require(error))".hasPrefix("\(file) is there, but no checkpoint to resume from"))
    #expect(try ByteReader(file).readAll() == Array("mine\n".utf8))
  }

  @Test func `what a run did not finish goes, and what is hidden besides stays`() throws {
    let small = try SmallRun()
    try small.run(stoppingAfter: 1)
    let (ours, others) = (
      [".gen_AB.bin.tmp", ".config.json.Xa3.tmp", "checkpoints/.00000007.ckpt.Xa3.tmp"],
      [".notes.tmp", "checkpoints/.mine.tmp"]
    )
    for name in ours + others { try AtomicFile.write([1], to: small.path.appending(name)) }
    _ = try RunDirectory(small.path)
    for name in ours { #expect(!small.path.appending(name).exists, "\(name)") }
    for name in others { #expect(small.path.appending(name).exists, "\(name)") }
  }

  @Test func `a checkpoint of another format is not read`() throws {
    let small = try SmallRun()
    try small.run(stoppingAfter: 1)
    for step in [0, 1] {
      var file = try WeightsFile.read(small.checkpoint(step))
      file.metadata["checkpoint"] = "99"
      try file.write(to: small.checkpoint(step))
    }
    #expect(throws: TrainingError.self) { try small.run() }
    #expect(
      small.messages.lines.contains { $0.contains("a checkpoint of format 99; this cg-train") })
  }

  @Test func `sizes that cannot come into one batch are refused by name`() throws {
    var (critic, batches) = (try SmallRun(), try SmallRun())
    critic.options.model.ganMode = .wgangp
    critic.options.preprocessing.mode = .none
    critic.image = {
      TrainingMaterial.image($0, $1, channels: 3, side: $0 == 0 ? 24 : 32)
    }
    (batches.options.batchSize, batches.options.serialBatches) = (2, true)
    batches.options.preprocessing.mode = .none
    batches.image = { TrainingMaterial.image($0, $1, channels: 3, side: $1 < 2 ? 24 : 32) }
    for (run, option) in [(critic, "--gan-mode wgangp"), (batches, "--batch-size 2 with a pool")] {
      let error = #expect(throws: TrainingError.self) { try run.run() }
      #expect(error?.status == .usage)
      #expect("\(try #require(error))".hasPrefix("\(option) needs images of one size, and "))
    }
  }
}

import CycleGAN
import Testing

@testable import CycleGANTraining

/// Failures that are brought about in a run, each of which its own alarm has to name.
@Suite struct AlarmTests {
  struct Failure: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let word: String
    let learningRate: Double
    /// What is done to the model before every step.
    let damage: @Sendable (CycleGANModel) throws -> Void

    init(
      _ name: String, _ word: String, learningRate: Double,
      _ damage: @escaping @Sendable (CycleGANModel) throws -> Void
    ) {
      (testDescription, self.word, self.learningRate) = (name, word, learningRate)
      self.damage = damage
    }

    private static func generator(
      _ name: String, _ word: String, factor: Float, plus summand: Float = 0,
      learningRate: Double = 1e-9
    ) -> Failure {
      Failure(name, word, learningRate: learningRate) { model in
        for role in [NetworkRole.generatorAB, .generatorBA] {
          try model.load(CopyingGenerator.weights(factor: factor, plus: summand), into: role)
        }
      }
    }

    private static func discriminator(
      _ name: String, _ word: String, scale: Double
    ) -> Failure {
      Failure(name, word, learningRate: 1e-9) { model in
        for role in [NetworkRole.discriminatorA, .discriminatorB] {
          try model.load(
            TrainingMaterial.weights(
              model.network(role).description, role: role, convolutions: scale),
            into: role)
        }
      }
    }

    static let all = [
      generator("a generator that copies", "identity_AB", factor: 1),
      generator("a generator that inverts", "colour_inversion_BA", factor: -4),
      generator("a generator that is constant", "mode_collapse_AB", factor: 0, plus: 0.1),
      generator("a generator that saturates", "saturation_BA", factor: 1, plus: 9),
      generator(
        "a discriminator that wins", "discriminator_too_strong_B", factor: 0, plus: 9,
        learningRate: 0.01),
      discriminator("a discriminator that is frozen", "discriminator_dead_A", scale: 0.5),
      discriminator("a discriminator that is constant", "discriminator_dead_B", scale: 0),
    ]
  }

  private static func run(_ failure: Failure?) throws -> SmallRun {
    var small = try SmallRun()
    small.options.model.generatorKind = .resnet(blocks: 0)
    small.options.model.generatorWidth = CopyingGenerator.architecture.width
    small.options.model.discriminatorWidth = 8
    small.options.model.norm = .none
    small.options.model.dropout = false
    (small.options.preprocessing.loadSize, small.options.preprocessing.cropSize) = (16, 16)
    (small.options.epochs, small.options.maximumSteps) = (1000, 1000)
    small.image = CopyingGenerator.image
    if let failure {
      small.options.model.learningRate = failure.learningRate
      small.fault = { _, batch, model in
        try failure.damage(model)
        return batch
      }
    }
    return small
  }

  @Test(arguments: Failure.all)
  func `a failure is named by its own alarm within a thousand steps`(failure: Failure) throws {
    let small = try Self.run(failure)
    #expect(try small.run() == .finished(steps: 1000))
    let alarm = try #require(Alarm(word: failure.word))
    #expect(
      small.messages.lines.filter { $0.hasSuffix(alarm.description) }.count == 1,
      "\(small.messages.lines)")
    for table in ["log.tsv", "health.tsv"] {
      let text = String(
        decoding: try ByteReader(small.path.appending(table)).readAll(), as: UTF8.self)
      let rows = text.split(separator: "\n")
      let named = rows.filter { $0.split(separator: "\t").last?.contains(failure.word) == true }
      #expect(!named.isEmpty, "\(table) does not name it")
      if table == "log.tsv" { #expect(named.count == 1) }
    }
  }

  @Test func `a run that is to stop at an alarm saves and ends with its own status`() throws {
    var small = try Self.run(Failure.all[0])
    small.options.alarmResponse = .stop
    let error = try #require(throws: TrainingError.self) { try small.run() }
    #expect(error.status == .unhealthy)
    #expect("\(error)".hasPrefix("stopped and saved after step 600 by "))
    #expect("\(error)".contains("identity_AB, identity_BA"))
    #expect(try small.checkpoints.last == small.checkpoint(600))
    // The alarm goes on, so that it does not begin again.
    #expect(try small.run() == .finished(steps: 1000))
  }

  @Test func `a run that was interrupted raises the same alarms in the same rows`() throws {
    let failure = Failure.all[2]
    let (whole, broken) = (try Self.run(failure), try Self.run(failure))
    try whole.run()
    for stop in [150, 300, 123, 177] { _ = try broken.run(stoppingAfter: stop) }
    #expect(try broken.run() == .finished(steps: 1000))
    #expect(try broken.results == whole.results)
  }
}

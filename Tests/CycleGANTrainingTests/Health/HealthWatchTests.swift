import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct HealthWatchTests {
  private static func measurement(
    lossA: Float = 0.25, gradient: Float = 1, length: Float = 1
  ) -> StepMeasurement {
    StepMeasurement(
      losses: Losses([lossA, 0.25, 0, 0, 0, 0, 0, 0]),
      gradientNorms: [Float](repeating: gradient, count: 4),
      parameterNorms: [Float](repeating: length, count: 4))
  }

  private static let varied = TrainingMaterial.image(0, 0, channels: 3, side: 16)
  private static let other = TrainingMaterial.image(1, 5, channels: 3, side: 16)

  private static func reading(
    _ translations: [Frame] = [other, varied], logits: [Float] = [0, 1]
  ) throws -> Probe.Reading {
    let found = try TranslationReading(
      images: ImageSet([varied, other]), translations: ImageSet(translations),
      targets: ImageSet([varied, other]))
    return Probe.Reading(
      translations: [.generatorAB: found],
      logits: [.discriminatorB: .init(real: logits, fake: logits)])
  }

  @Test func `every alarm has a word of its own, by which it is found`() {
    var words: Set<String> = []
    for kind in Alarm.Kind.allCases {
      for role in NetworkRole.allCases {
        let alarm = Alarm(kind: kind, role: role)
        #expect(words.insert(alarm.word).inserted)
        #expect(Alarm(word: alarm.word) == alarm)
      }
    }
    #expect(Alarm(word: "mode_collapse") == nil)
  }

  @Test func `a sign has to last, begins once, ends, and can begin again`() throws {
    var watch = HealthWatch()
    let same = try Self.reading([Self.varied, Self.varied])
    let alarm = Alarm(kind: .modeCollapse, role: .generatorAB)
    for reading in [same, same, try Self.reading(), same, same] {
      #expect(watch.observe(reading).isEmpty)
    }
    #expect(watch.observe(same) == [alarm])
    #expect(watch.observe(same).isEmpty)
    #expect(watch.active == [alarm])
    #expect(watch.takeUnlogged() == [alarm])
    #expect(watch.takeUnlogged().isEmpty)
    #expect(watch.observe(try Self.reading()).isEmpty && watch.active.isEmpty)
    for _ in 0..<2 { #expect(watch.observe(same).isEmpty) }
    #expect(watch.observe(same) == [alarm])
  }

  @Test(arguments: [GANMode.lsgan, .vanilla, .wgangp])
  func `a discriminator is too strong when its mean loss has been low for 500 steps`(mode: GANMode)
    throws
  {
    var watch = HealthWatch()
    watch.observe(Self.measurement(), mode)
    // 0.25 falls below 0.01 in the 321st step, and below 0.03 in the 211th.
    var steps = 0
    while steps < 2000, watch.observe(try Self.reading()).isEmpty {
      watch.observe(Self.measurement(lossA: 0, length: 1 + Float(steps % 2)), mode)
      steps += 1
    }
    let alarm = Alarm(kind: .tooStrong, role: .discriminatorA)
    switch mode {
    case .lsgan: #expect(steps == 321 + 500 && watch.active == [alarm])
    case .vanilla: #expect(steps == 211 + 500 && watch.active == [alarm])
    case .wgangp: #expect(steps == 2000)
    }
  }

  @Test func `a discriminator is dead without gradients, without motion, or without an opinion`()
    throws
  {
    let dead = Alarm(kind: .dead, role: .discriminatorB)
    var still = HealthWatch()
    for _ in 0..<500 { still.observe(Self.measurement(gradient: 0), .lsgan) }
    #expect(still.observe(try Self.reading()).contains(dead))
    var frozen = HealthWatch()
    for _ in 0..<4 {
      #expect(frozen.active.isEmpty)
      frozen.observe(Self.measurement(), .lsgan)
      _ = frozen.observe(try Self.reading())
    }
    #expect(frozen.active == [dead])
    var silent = HealthWatch()
    for _ in 0..<3 { _ = silent.observe(try Self.reading(logits: [0.5, 0.504])) }
    #expect(silent.active == [dead])
    var healthy = HealthWatch()
    for i in 0..<2000 {
      healthy.observe(Self.measurement(length: 1 + Float(i) / 1000), .lsgan)
      #expect(healthy.observe(try Self.reading()).isEmpty)
    }
  }

  @Test func `what it remembers survives a checkpoint`() throws {
    var watch = HealthWatch()
    for i in 0..<7 {
      watch.observe(Self.measurement(lossA: 0.1 * Float(i), gradient: 0), .lsgan)
      _ = watch.observe(try Self.reading([Self.varied, Self.varied]))
    }
    var copy = HealthWatch(try JSON(parsing: Array(watch.json.text.utf8)))
    #expect(copy.active == watch.active && copy.unlogged == watch.unlogged)
    for i in 0..<600 {
      let measurement = Self.measurement(lossA: 0, gradient: Float(i % 2))
      watch.observe(measurement, .lsgan)
      copy.observe(measurement, .lsgan)
      #expect(watch.observe(try Self.reading()) == copy.observe(try Self.reading()))
    }
    #expect(watch == copy)
  }

  @Test func `readings are what their names say`() throws {
    func reading(_ translated: (Float) -> Float) throws -> TranslationReading {
      let images = [Self.varied, Self.other]
      return try TranslationReading(
        images: ImageSet(images),
        translations: ImageSet(
          images.map { image in
            Frame(
              width: 16, height: 16, channels: 3,
              samples: .float32(try image.float32Samples().converted(translated)))
          }), targets: ImageSet(images))
    }
    let copied = try reading { $0 }
    #expect(copied.change == 0 && copied.diversity == 1 && copied.saturated == 0)
    #expect(abs(copied.brightnessCorrelation - 1) < 1e-9)
    let inverted = try reading { -$0 / 2 }
    #expect(abs(inverted.brightnessCorrelation + 1) < 1e-6)
    #expect(abs(inverted.diversity - 0.5) < 1e-6)
    #expect(abs(inverted.contrast - copied.contrast / 2) < 1e-6)
    let white = try reading { _ in 1 }
    #expect(white.saturated > 0.9 && white.contrast == 0 && white.diversity == 0)
    #expect(white.brightnessCorrelation == 0)
    let gray = Frame(
      width: 16, height: 16, channels: 1, samples: .uint8(Buffer([UInt8](repeating: 9, count: 256)))
    )
    #expect(
      try TranslationReading(
        images: ImageSet([Self.varied]), translations: ImageSet([gray]), targets: ImageSet([gray])
      ).change == nil
    )
  }
}

import CycleGAN
import Testing

@testable import CycleGANTraining

/// What all options beyond the paper have in common.
@Suite struct MethodTests {
  /// An option, and a run that has it.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout TrainingOptions) -> Void

    init(_ name: String, _ change: @escaping @Sendable (inout TrainingOptions) -> Void) {
      (testDescription, self.change) = (name, change)
    }
  }

  static let cases = [
    Case("upsample") { $0.model.upsampling = .resize },
    Case("diff-augment") { $0.model.augmentations = [.color, .translation, .cutout] },
    Case("identity-warmup") { $0.identityWarmup = 1 },
    Case("lr-decay-by") { $0.decayInterval = .step },
    Case("accumulate") { $0.batchesPerStep = 2 },
    Case("clip-grad") { $0.model.maximumGradientNorm = 0.01 },
  ]

  @Test(arguments: cases)
  func `an option changes what is trained, and a broken run ends as an unbroken one`(
    option: Case
  ) throws {
    let plain = try SmallRun()
    var (whole, broken) = (try SmallRun(), try SmallRun())
    option.change(&whole.options)
    option.change(&broken.options)
    try plain.run()
    try whole.run()
    for stop in [4, 3] { try broken.run(stoppingAfter: stop) }
    try broken.run()
    #expect(try broken.results == whole.results)
    #expect(try whole.results != plain.results)
  }

  @Test(arguments: cases)
  func `a run goes on only with the option it was begun with, and without it as before`(
    option: Case
  ) throws {
    var small = try SmallRun()
    try small.run(stoppingAfter: 1)
    option.change(&small.options)
    let error = #expect(throws: TrainingError.self) { try small.run() }
    #expect(error?.lines.first?.hasPrefix("--\(option.testDescription) was not given") == true)
    #expect(MethodOptions.options.contains { $0.name == option.testDescription })
    #expect(MethodOptions.options.allSatisfy { $0.json(TrainingOptions()) == .null })
  }

  @Test func `the rate of the log falls with every step of the decay`() throws {
    var small = try SmallRun()
    small.options.decayInterval = .step
    try small.run(stoppingAfter: 9)
    try small.run()
    let rows = String(decoding: try small.results[4], as: UTF8.self).split(separator: "\n")
    let rates = rows.dropFirst().compactMap { Double($0.split(separator: "\t")[3]) }
    #expect(rates.count == 12)
    for (rate, expected) in zip(rates, [Double](repeating: 2e-4, count: 9) + [1.5e-4, 1e-4, 5e-5]) {
      #expect(abs(rate - expected) < 1e-12)
    }
  }

  /// The identity losses of a run with four steps an epoch, which stops in the middle of the second.
  @Test(arguments: [0, 0.125])
  func `after the warm-up the identity losses have their other weight, also in a run that goes on`(
    after: Double
  ) throws {
    var small = try SmallRun()
    (small.options.identityWarmup, small.options.identityAfterWarmup) = (1, after)
    try small.run(stoppingAfter: 6)
    try small.run()
    let full = try SmallRun()
    try full.run(stoppingAfter: 5)
    let (found, expected) = (try small.identityLosses, try full.identityLosses)
    #expect(found.prefix(4) == expected.prefix(4))
    // The fifth step is the first with the other weight, on the same networks.
    #expect(abs(found[4] - expected[4] * after / 0.5) < 1e-6)
    #expect(found.dropFirst(4).allSatisfy { ($0 > 0) == (after > 0) })
  }
}

extension SmallRun {
  /// The column `identity_A` of the log.
  fileprivate var identityLosses: [Double] {
    get throws {
      let log = String(decoding: try ByteReader(path.appending("log.tsv")).readAll(), as: UTF8.self)
      return log.split(separator: "\n").dropFirst()
        .compactMap { Double($0.split(separator: "\t")[7]) }
    }
  }
}

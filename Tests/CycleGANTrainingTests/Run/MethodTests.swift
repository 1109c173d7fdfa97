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
    Case("lr-decay-by") { $0.decayPace = .step },
    Case("clip-grad") { $0.model.gradientLimit = 0.01 },
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
    let described = TrainingOptions().method
    #expect(described.contains { $0.name == option.testDescription })
    #expect(described.allSatisfy { $0.value == .null })
  }

  @Test func `the rate of the log falls with every step of the decay`() throws {
    var small = try SmallRun()
    small.options.decayPace = .step
    try small.run(stoppingAfter: 9)
    try small.run()
    let rows = String(decoding: try small.results[4], as: UTF8.self).split(separator: "\n")
    let rates = rows.dropFirst().compactMap { Double($0.split(separator: "\t")[3]) }
    #expect(rates.count == 12)
    for (rate, expected) in zip(rates, [Double](repeating: 2e-4, count: 9) + [1.5e-4, 1e-4, 5e-5]) {
      #expect(abs(rate - expected) < 1e-12)
    }
  }
}

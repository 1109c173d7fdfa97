import CycleGAN
import Testing

/// Batch norms with the statistics of each image, as PyTorch computes them in train mode.
@Suite struct BatchStatisticsTests {
  static let cases: [Result<ForwardCase, any Error>] = ForwardCase.all(
    in: "parity/batch-statistics.tsv")

  @Test(arguments: cases)
  func `a generator gives what PyTorch gives in train mode, without dropout`(
    row: Result<ForwardCase, any Error>
  ) throws {
    let row = try row.get()
    let generator = try Generator(
      row.architecture.filled(scale: row.scale), architecture: row.architecture,
      usesRunningStatistics: false)
    try row.check(generator)
  }

  @Test func `the statistics are each image's own, in any order and on several threads`() throws {
    let architecture = GeneratorArchitecture(kind: .resnet(blocks: 1), width: 8, norm: .batch)
    let weights = architecture.filled()
    let generator = try Generator(
      weights, architecture: architecture, usesRunningStatistics: false)
    let images = (4..<8).map { Numbers.image(width: 4 * $0, height: 16, channels: 3) }
    let alone = try images.map { image in
      try Generator(weights, architecture: architecture, usesRunningStatistics: false)(image)
    }
    for i in [2, 0, 3, 3, 1, 2] { #expect(try generator(images[i]) == alone[i]) }
    let running = try Generator(weights, architecture: architecture)
    #expect(try running(images[0]) != alone[0])
  }
}

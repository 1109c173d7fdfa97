import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct AccumulationTests {
  private static func model(_ norm: Norm) throws -> CycleGANModel {
    var options = try SmallRun().options.model
    (options.norm, options.dropout, options.poolSize) = (norm, false, 50)
    return try TrainingMaterial.model(options, seed: 1)
  }

  private static func images(_ domain: Int, _ count: Int) -> [Frame] {
    (0..<count).map { TrainingMaterial.image(domain, $0, channels: 3, side: 16) }
  }

  /// Three images as one batch, one by one, and as two and one.
  @Test(arguments: [Norm.instance, .none], [1, 2])
  func `batches one after the other have the losses and gradients of all their images at once`(
    norm: Norm, batchSize: Int
  ) throws {
    let (whole, parts) = (try Self.model(norm), try Self.model(norm))
    let (a, b) = (Self.images(0, 3), Self.images(1, 3))
    let expected = try whole.computeGradients(realA: a, realB: b)
    let found = try parts.computeGradients(realA: a, realB: b, batchSize: batchSize)
    for (found, expected) in zip(found.losses.values, expected.losses.values) {
      #expect(abs(found - expected) < 1e-6 * expected)
    }
    for role in NetworkRole.allCases {
      for parameter in whole.network(role).description.parameters where parameter.isTrainable {
        let expected = try whole.network(role).gradient(of: parameter.name).values()
        let found = try parts.network(role).gradient(of: parameter.name).values()
        let scale = expected.reduce(0) { max($0, abs($1)) }
        for (found, expected) in zip(found, expected) {
          #expect(abs(found - expected) <= 2e-5 * scale + 1e-7, "\(role) \(parameter.name)")
        }
      }
    }
    #expect(parts.poolB.images.count == 3)
  }

  /// Four images are steps of three and of one, three epochs long.
  @Test
  func `steps of three batches are those of batches of three, also where images are left over`()
    throws
  {
    var (one, other) = (try SmallRun(), try SmallRun())
    (one.options.batchSize, other.options.batchesPerStep) = (3, 3)
    (one.options.model.dropout, other.options.model.dropout) = (false, false)
    (one.options.model.poolSize, other.options.model.poolSize) = (50, 50)
    #expect(try one.run() == .finished(steps: 6))
    #expect(try other.run() == .finished(steps: 6))
    let rows = try [one, other].map { run in
      String(decoding: try run.results[4], as: UTF8.self).split(separator: "\n").dropFirst()
        .map { $0.split(separator: "\t").compactMap { Double($0) } }
    }
    #expect(rows[0].count == 6)
    #expect(rows[0].map { $0[2] } == [3, 4, 7, 8, 11, 12])
    for (row, other) in zip(rows[0], rows[1]) {
      #expect(row.prefix(4) == other.prefix(4))
      for (loss, other) in zip(row, other) { #expect(abs(loss - other) <= 1e-3 * loss) }
    }
  }

  @Test func `only the images of a batch need one size`() throws {
    let model = try Self.model(.instance)
    let sizes = [16, 24].map { TrainingMaterial.image(0, 0, channels: 3, side: $0) }
    let others = Self.images(1, 2)
    _ = try model.computeGradients(realA: sizes, realB: others, batchSize: 1)
    #expect(throws: TorchError.self) { try model.computeGradients(realA: sizes, realB: others) }
  }
}

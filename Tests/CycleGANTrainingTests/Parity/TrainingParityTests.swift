import CycleGAN
import Testing

@testable import CycleGANTraining

/// The training step against PyTorch's, from the same weights; see make-training.py.
@Suite struct TrainingParityTests {
  @Test(arguments: ParityCase.all)
  func `losses are PyTorch's within a thousandth for ten steps, a hundredth for ten more`(
    kind: ParityCase
  ) throws {
    let model = try kind.model()
    let expected = try Self.expected(kind, "losses")
    #expect(expected.count >= 10)
    for (step, row) in expected.enumerated() {
      let images = kind.images(step: step)
      let losses = try model.step(realA: images.realA, realB: images.realB).losses.values
      let limit = step < 10 ? 1e-3 : 1e-2
      for (name, (loss, expected)) in zip(Losses.names, zip(losses, row.numbers)) {
        let difference = abs(Double(loss) - expected)
        #expect(
          difference <= limit * abs(expected), "\(name) of step \(step + 1): \(loss), \(expected)")
      }
    }
  }

  @Test(arguments: ParityCase.all)
  func `gradients of a step are PyTorch's, tensor by tensor`(kind: ParityCase) throws {
    let model = try kind.trained()
    for row in try Self.expected(kind, "gradient") where !kind.isMeaningless(row.key) {
      let (role, name) = try row.tensor
      let gradient = try model.network(role).gradient(of: name).values()
      // One activation on the other side of a kink moves a gradient by this much.
      let limit = 1e-2 * row.numbers[1]
      for (value, expected) in zip(Self.summary(gradient), row.numbers) {
        #expect(abs(value - expected) <= limit, "\(row.key): \(value), \(expected)")
      }
    }
  }

  @Test(arguments: ParityCase.all)
  func `weights after a step are PyTorch's within 4e-6 in the mean of every tensor`(
    kind: ParityCase
  ) throws {
    let model = try kind.trained()
    for row in try Self.expected(kind, "weights") where !kind.isMeaningless(row.key) {
      let (role, name) = try row.tensor
      let tensor = try model.weights(of: role).tensors.first { $0.name == name }
      let values = Array(try #require(tensor).values)
      let difference = abs(Self.summary(values)[0] - row.numbers[0])
      #expect(difference <= 4e-6, "\(row.key): off by \(difference)")
    }
  }

  /// One line of training.tsv.
  private struct Row {
    let key: String
    let numbers: [Double]

    /// The network and the tensor's name in it.
    var tensor: (NetworkRole, String) {
      get throws {
        let parts = key.split(separator: ".", maxSplits: 1)
        let role = try #require(NetworkRole(rawValue: String(parts[0])))
        return (role, String(parts[1]))
      }
    }
  }

  private static func expected(_ kind: ParityCase, _ table: String) throws -> [Row] {
    let rows = try Fixtures.table("parity/training.tsv")
      .filter { $0[0] == kind.testDescription && $0[1] == table }
    try #require(!rows.isEmpty, "training.tsv has no \(table) of \(kind.testDescription)")
    return try rows.map { row in
      let numbers = row[3...].compactMap(Double.init)
      let areNumbers = numbers.count == row.count - 3 && numbers.allSatisfy(\.isFinite)
      try #require(areNumbers, "\(row) is no expectation")
      return Row(key: row[2], numbers: numbers)
    }
  }

  /// Mean, mean of absolute values, and the element in the middle.
  private static func summary(_ values: some Collection<Float>) -> [Double] {
    let numbers = values.map(Double.init)
    let count = Double(numbers.count)
    return [
      numbers.reduce(0, +) / count, numbers.reduce(0) { $0 + abs($1) } / count,
      numbers[numbers.count / 2],
    ]
  }
}

extension ParityCase {
  /// The model after the first step.
  fileprivate func trained() throws -> CycleGANModel {
    let model = try model()
    let images = images(step: 0)
    _ = try model.step(realA: images.realA, realB: images.realB)
    return model
  }

  /// Whether a tensor is a bias that the instance norm behind it takes away again, so that its
  /// gradient is rounding noise, which Adam makes as large as any other.
  fileprivate func isMeaningless(_ key: String) -> Bool {
    guard options.norm == .instance, key.hasSuffix(".bias") else { return false }
    let biasesThatCount = NetworkRole.allCases.flatMap { role in
      options.network(role).layers.unnormalizedBiases.map { "\(role.rawValue).\($0)" }
    }
    return !biasesThatCount.contains(key)
  }
}

extension [Layer] {
  /// The biases of convolutions that no norm follows.
  fileprivate var unnormalizedBiases: [String] {
    enumerated().flatMap { place, layer -> [String] in
      switch layer {
      case .residual(let inner), .skip(let inner): return inner.unnormalizedBiases
      case .convolution(let convolution), .transposedConvolution(let convolution):
        if place + 1 < count, case .norm = self[place + 1] { return [] }
        return [convolution.name + ".bias"]
      default: return []
      }
    }
  }
}

import Foundation
import Testing

@testable import CycleGAN
@testable import CycleGANTraining

@Suite struct InitializationTests {
  private static let convolution = ParameterDescription(
    name: "model.4.weight", shape: [64, 32, 3, 3], role: .convolutionWeight)

  /// 0.02; 0.02 sqrt(2 / (288 + 576)); sqrt(2 / 288).
  @Test(arguments: [
    (Initialization.Kind.normal, 0.02), (.xavier, 0.000_962_250_4), (.kaiming, 0.083_333_33),
  ])
  func `weights are centred on 0 with the deviation of the formula`(
    kind: Initialization.Kind, deviation: Double
  ) throws {
    let values: [Double] = try draw(kind, Self.convolution).map(Double.init)
    let count = Double(values.count)
    let mean: Double = values.reduce(0, +) / count
    let squares: [Double] = values.map { ($0 - mean) * ($0 - mean) }
    let found: Double = sqrt(squares.reduce(0, +) / count)
    #expect(abs(mean) < 4 * deviation / sqrt(count))
    #expect(abs(found / deviation - 1) < 4 / sqrt(2 * count))
    #expect(values.contains { abs($0) > 2.5 * deviation })
  }

  @Test(arguments: [[64, 32, 1, 1], [16, 32, 2, 2]])
  func `orthogonal weights have the gain as length and stand at right angles`(
    shape: [Int]
  ) throws {
    let parameter = ParameterDescription(name: "w", shape: shape, role: .convolutionWeight)
    let values: [Double] = try draw(.orthogonal, parameter).map(Double.init)
    let rows = shape[0]
    let columns = values.count / rows
    func vector(_ i: Int) -> [Double] {
      if rows <= columns { return Array(values[i * columns..<(i + 1) * columns]) }
      return (0..<rows).map { values[$0 * columns + i] }
    }
    for i in 0..<min(rows, columns) {
      for j in i..<min(rows, columns) {
        let products: [Double] = zip(vector(i), vector(j)).map { $0 * $1 }
        let expected = i == j ? 0.0004 : 0.0
        #expect(abs(products.reduce(0, +) - expected) < 1e-8)
      }
    }
  }

  @Test func `biases begin at 0, a norm's factors around 1, running statistics as new`() throws {
    let bias = ParameterDescription(name: "b", shape: [500], role: .convolutionBias)
    #expect(try draw(.normal, bias).allSatisfy { $0 == 0 })
    let factors = try draw(
      .normal, ParameterDescription(name: "n", shape: [500], role: .normWeight))
    let mean: Float = factors.reduce(0, +) / 500
    #expect(abs(mean - 1) < 0.004)
    #expect(factors.contains { $0 != 1 })
    var random = RandomSource(seed: 0)
    let running = ParameterDescription(name: "r", shape: [5], role: .runningVariance)
    #expect(try Initialization().values(for: running, random: &random) == nil)
  }

  @Test(arguments: Initialization.Kind.allCases)
  func `equal seeds give equal models, and different seeds different ones`(
    kind: Initialization.Kind
  ) throws {
    #expect(try draw(kind, Self.convolution, seed: 4) == draw(kind, Self.convolution, seed: 4))
    #expect(try draw(kind, Self.convolution, seed: 4) != draw(kind, Self.convolution, seed: 5))
  }

  private func draw(
    _ kind: Initialization.Kind, _ parameter: ParameterDescription, seed: UInt64 = 3
  ) throws -> [Float] {
    var random = RandomSource(seed: seed)
    let values = try Initialization(kind).values(for: parameter, random: &random)
    return try #require(values)
  }
}

import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct GradientClippingTests {
  /// A model after one step, and what the step measured.
  private static func trained(
    _ limit: Double?
  ) throws -> (model: CycleGANModel, measurement: StepMeasurement) {
    var options = try SmallRun().options.model
    options.maximumGradientNorm = limit
    let model = try TrainingMaterial.model(options, seed: 1)
    let images = (0..<2).map { TrainingMaterial.image($0, 0, channels: 3, side: 16) }
    let measurement = try model.computeGradients(realA: [images[0]], realB: [images[1]])
    try model.applyGradients(measurement)
    return (model, measurement)
  }

  /// Adam's running means after a first step are half the gradients that it was given.
  private static func gradients(_ optimizer: Adam) throws -> [Double] {
    try optimizer.steps.indices.flatMap { i in
      try optimizer.moment(i, squared: false).values().map { 2 * Double($0) }
    }
  }

  /// The limit is half the length, so that every gradient is halved but for PyTorch's 1e-6.
  @Test func `gradients that are too long are shortened by one factor, each optimizer by its own`()
    throws
  {
    let (free, measurement) = try Self.trained(nil)
    for (roles, optimizer) in [
      ([NetworkRole.generatorAB, .generatorBA], \CycleGANModel.generatorOptimizer),
      ([.discriminatorA, .discriminatorB], \.discriminatorOptimizer),
    ] {
      let length = measurement.gradientNorm(of: roles)
      let all = try Self.gradients(free[keyPath: optimizer])
      let found = all.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(found / length - 1) < 1e-5)
      let limited = try Self.trained(length / 2).model
      let factor = length / 2 / (length + 1e-6)
      for (gradient, whole) in zip(try Self.gradients(limited[keyPath: optimizer]), all) {
        #expect(abs(gradient - factor * whole) <= 1e-6 * abs(whole))
      }
    }
  }

  @Test func `a limit that nothing reaches changes no bit`() throws {
    let models = try [nil, 1e6].map { try Self.trained($0).model }
    for role in NetworkRole.allCases {
      #expect(try models[0].weights(of: role).tensors == models[1].weights(of: role).tensors)
    }
  }
}

import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct EMATests {
  private static func model(_ decay: Double?, norm: Norm = .instance) throws -> CycleGANModel {
    var options = try SmallRun().options.model
    options.emaDecay = decay
    options.norm = norm
    options.learningRate = 0.01
    return try TrainingMaterial.model(options, seed: 1)
  }

  private static func step(_ model: CycleGANModel) throws {
    let images = (0..<2).map { TrainingMaterial.image($0, 0, channels: 3, side: 16) }
    _ = try model.step(realA: [images[0]], realB: [images[1]])
  }

  @Test(arguments: [NetworkRole.generatorAB, .generatorBA], [Norm.instance, .batch])
  func `a mean follows its definition, with less decay in the first steps`(
    role: NetworkRole, norm: Norm
  ) throws {
    let model = try Self.model(0.25, norm: norm)
    var expected = try model.weights(of: role).tensors.map { Array(try $0.values) }
    for decay in [2.0 / 11, 3.0 / 12, 0.25, 0.25] {
      try Self.step(model)
      let learned = model.network(role).description.parameters.map(\.isTrainable)
      for (i, tensor) in try model.weights(of: role).tensors.enumerated() {
        let (mean, new) = (expected[i], try tensor.values)
        expected[i] = zip(mean, new).map {
          learned[i] ? Float(decay * Double($0) + (1 - decay) * Double($1)) : $1
        }
      }
    }
    let means = try #require(try model.emaWeights(of: role)).tensors
    for (tensor, expected) in zip(means, expected) {
      for (value, expected) in zip(try tensor.values, expected) {
        #expect(abs(value - expected) <= 1e-6, "\(tensor.name)")
      }
    }
    #expect(try means != model.weights(of: role).tensors)
  }

  @Test func `means change nothing in what is trained`() throws {
    let (with, without) = (try Self.model(0.9), try Self.model(nil))
    for model in [with, without] { for _ in 0..<3 { try Self.step(model) } }
    for role in NetworkRole.allCases {
      #expect(try with.weights(of: role).tensors == without.weights(of: role).tensors)
    }
    #expect(try without.emaWeights(of: .generatorAB) == nil)
    #expect(try with.emaWeights(of: .discriminatorA) == nil)
  }

  @Test func `frames are translated with the mean where there is one`() throws {
    let model = try Self.model(0.9)
    try Self.step(model)
    let image = TrainingMaterial.image(0, 3, channels: 3, side: 16)
    let mean = try #require(try model.emaWeights(of: .generatorAB))
    let plain = try Self.model(nil)
    try plain.load(mean, into: .generatorAB)
    let translated = try model.translate(image, with: .generatorAB)
    #expect(
      try translated.float32Samples()
        == plain.translate(image, with: .generatorAB).float32Samples())
  }

  @Test func `weights that are loaded begin a new mean`() throws {
    let model = try Self.model(0.999)
    try Self.step(model)
    let weights = try Self.model(nil).weights(of: .generatorBA)
    try model.load(weights, into: .generatorBA)
    #expect(try model.emaWeights(of: .generatorBA)?.tensors == weights.tensors)
  }
}

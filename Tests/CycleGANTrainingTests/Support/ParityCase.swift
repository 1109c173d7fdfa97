import CycleGAN
import Testing

@testable import CycleGANTraining

/// A kind of model that Fixtures/parity/make-training.py trains too, under the same name.
struct ParityCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let options: ModelOptions
  let side: Int
  let batch: Int
  let scale: Double

  private init(
    _ name: String, side: Int = 64, batch: Int = 1, scale: Double = 0.06,
    _ change: (inout ModelOptions) -> Void = { _ in }
  ) {
    var options = ModelOptions()
    options.generatorKind = .resnet(blocks: 2)
    options.discriminatorKind = .patch(layers: 2)
    (options.generatorWidth, options.discriminatorWidth, options.poolSize) = (8, 8, 0)
    options.learningRate = 2e-5
    change(&options)
    (testDescription, self.options) = (name, options)
    (self.side, self.batch, self.scale) = (side, batch, scale)
  }

  static let all = [
    ParityCase("lsgan"),
    ParityCase("lsgan-without-identity") { $0.lambdaIdentity = 0 },
    ParityCase("vanilla") { $0.ganMode = .vanilla },
    ParityCase("wgangp", side: 32, scale: 0.055) {
      $0.ganMode = .wgangp
      $0.discriminatorKind = .patch(layers: 3)
    },
    ParityCase("batch-norm", batch: 2) { $0.norm = .batch },
    ParityCase("no-norm-pixel", scale: 0.15) {
      $0.norm = .none
      $0.discriminatorKind = .pixel
    },
    ParityCase("unet") {
      $0.generatorKind = .unet(downs: 6)
      $0.generatorWidth = 4
    },
    ParityCase("unet-batch-norm", batch: 2) {
      $0.generatorKind = .unet(downs: 5)
      $0.generatorWidth = 4
      $0.norm = .batch
    },
    ParityCase("grey-to-colour") {
      $0.channelsA = 1
      $0.lambdaIdentity = 0
    },
    ParityCase("resize") { $0.upsampling = .resize },
    ParityCase("clip-grad") { $0.maximumGradientNorm = 1 },
  ]

  /// The model with the weights of the formula.
  func model() throws -> CycleGANModel {
    let model = try TrainingMaterial.model(options, seed: 0)
    model.random = RandomSource(state: [1, 2, 3, 4])
    for role in NetworkRole.allCases {
      let weights = TrainingMaterial.weights(
        options.network(role), role: role, convolutions: scale)
      try model.load(weights, into: role)
    }
    return model
  }

  /// The images of a step: five of A and four of B, over and over.
  func images(step: Int) -> (realA: [Frame], realB: [Frame]) {
    func images(_ domain: Int, _ channels: Int) -> [Frame] {
      (0..<batch).map { i in
        TrainingMaterial.image(
          domain, (step * batch + i) % (5 - domain), channels: channels, side: side)
      }
    }
    return (images(0, options.channelsA), images(1, options.channelsB))
  }
}

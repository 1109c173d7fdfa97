import CycleGANTraining
import Testing

@Suite struct TrainingOptionsTests {
  private struct Refusal: Sendable {
    let text: String
    let change: @Sendable (inout TrainingOptions) -> Void

    init(_ text: String, _ change: @escaping @Sendable (inout TrainingOptions) -> Void) {
      (self.text, self.change) = (text, change)
    }
  }

  private static let refusals = [
    Refusal("--ngf must be at least 1, not 0") { $0.model.generatorWidth = 0 },
    Refusal("--batch-size must be at least 1, not -1") { $0.batchSize = -1 },
    Refusal("--pool-size must be at least 0, not -3") { $0.model.poolSize = -3 },
    Refusal("--max-steps must be at least 1, not 0") { $0.maximumSteps = 0 },
    Refusal("--n-epochs and --n-epochs-decay together must be at least 1") {
      ($0.epochs, $0.decayEpochs) = (0, 0)
    },
    Refusal("--lr must be a number of at least 0, not nan") { $0.model.learningRate = .nan },
    Refusal("--lambda-A must be a number of at least 0, not -1.0") { $0.model.lambdaA = -1 },
    Refusal("--beta1 must be at least 0 and below 1, not 1.0") { $0.model.beta1 = 1 },
    Refusal("--ema must be at least 0 and below 1, not 1.0") { $0.model.emaDecay = 1 },
    Refusal("--input-nc must be 1 (gray) or 3 (color), not 4") { $0.model.channelsA = 4 },
    Refusal("--lr-decay-by step needs --lr-policy linear, not cosine") {
      ($0.decayInterval, $0.policy) = (.step, .cosine)
    },
    Refusal("--upsample resize needs a --netG resnet_Nblocks, not unet_256") {
      ($0.model.upsampling, $0.model.generatorKind) = (.resize, .unet(downs: 8))
    },
    Refusal("--identity-warmup must be at least 1, not 0") { $0.identityWarmup = 0 },
    Refusal("--identity-warmup 1 needs a --lambda-identity above 0") {
      ($0.identityWarmup, $0.model.lambdaIdentity) = (1, 0)
    },
    Refusal("--identity-after needs --identity-warmup") { $0.identityAfterWarmup = 0.1 },
    Refusal("--accumulate must be at least 1, not 0") { $0.batchesPerStep = 0 },
    Refusal("--clip-grad must be a number above 0, not 0.0") { $0.model.maximumGradientNorm = 0 },
    Refusal("use --lambda-identity 0") { $0.model.channelsB = 1 },
    Refusal("--load-size 286 is smaller than --crop-size 300") { $0.preprocessing.cropSize = 300 },
    Refusal("multiples of 4, at least 24, and --crop-size is 250") {
      $0.preprocessing.cropSize = 250
    },
    Refusal("multiples of 128, at least 128, and --crop-size is 192") {
      $0.model.generatorKind = .unet(downs: 7)
      $0.preprocessing.cropSize = 192
    },
  ]

  @Test(arguments: refusals.indices)
  func `what cannot be computed is refused with the number and the way out`(index: Int) {
    let refusal = Self.refusals[index]
    var options = TrainingOptions()
    refusal.change(&options)
    let error = #expect(throws: TrainingError.self) { try options.validate() }
    #expect(error?.status == .usage)
    #expect(error.map { "\($0)".contains(refusal.text) } == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test func `the official defaults are accepted`() throws {
    try TrainingOptions().validate()
  }
}

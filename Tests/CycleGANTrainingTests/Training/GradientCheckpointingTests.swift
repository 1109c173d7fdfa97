import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct GradientCheckpointingTests {
  /// A model, and the side of its images.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let side: Int
    let change: @Sendable (inout ModelOptions) -> Void

    init(
      _ name: String, side: Int = 32, _ change: @escaping @Sendable (inout ModelOptions) -> Void
    ) {
      (testDescription, self.side, self.change) = (name, side, change)
    }
  }

  private static let cases = [
    Case("instance norm") { _ in },
    Case("dropout") { $0.dropout = true },
    Case("batch norm and dropout") { ($0.norm, $0.dropout) = (.batch, true) },
    Case("no norm, repeated pixels") { ($0.norm, $0.upsampling) = (.none, .resize) },
    Case("blocks as one function", side: 192) { $0.generatorWidth = 4 },
    Case("U-Net") { ($0.generatorKind, $0.dropout) = (.unet(downs: 5), true) },
    Case("U-Net with batch norm", side: 64) {
      ($0.generatorKind, $0.norm, $0.dropout) = (.unet(downs: 6), .batch, true)
    },
  ]

  /// The whole state has the running statistics and the source of dropout, too.
  @Test(arguments: cases)
  func `what is learned is the same to the last bit`(kind: Case) throws {
    func trained(gradientCheckpointing: Bool) throws -> CycleGANModel {
      var options = try SmallRun().options.model
      (options.dropout, options.generatorKind) = (false, .resnet(blocks: 2))
      kind.change(&options)
      options.gradientCheckpointing = gradientCheckpointing
      let model = try TrainingMaterial.model(options, seed: 1)
      for step in 0..<2 {
        let images = (0..<2).map {
          TrainingMaterial.image($0, step, channels: 3, side: kind.side)
        }
        _ = try model.step(realA: [images[0]], realB: [images[1]])
      }
      return model
    }
    let (plain, saving) = (
      try trained(gradientCheckpointing: false), try trained(gradientCheckpointing: true)
    )
    #expect(try saving.state().tensors == plain.state().tensors)
    for role in [NetworkRole.generatorAB, .generatorBA] {
      for parameter in plain.network(role).description.parameters where parameter.isTrainable {
        let gradients = try [plain, saving].map {
          try $0.network(role).gradient(of: parameter.name).values()
        }
        #expect(gradients[0] == gradients[1], "\(role) \(parameter.name)")
      }
    }
  }

  @Test func `a run may go on with it, and ends with the same bytes`() throws {
    let whole = try SmallRun()
    var broken = try SmallRun()
    try whole.run()
    try broken.run(stoppingAfter: 5)
    broken.options.model.gradientCheckpointing = true
    #expect(try broken.run() == .finished(steps: 12))
    #expect(try broken.results == whole.results)
    #expect(
      broken.messages.lines.contains(
        "--grad-checkpointing was not given when the run began and is true now"))
  }
}

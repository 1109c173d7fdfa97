import Foundation
import Testing

@testable import CycleGAN
@testable import CycleGANTraining

@Suite struct LossesTests {
  @Test(arguments: GANMode.allCases, [true, false])
  func `verdicts cost what the formula says`(mode: GANMode, real: Bool) throws {
    let judgements = try Tensor([-2, 0, 3.5, 0.5], shape: [1, 1, 2, 2], device: .cpu)
    let loss = try mode.adversarialLoss(judgements, real: real).values()[0]
    #expect(abs(Double(loss) - reference(mode, real)) < 1e-6)
  }

  private func reference(_ mode: GANMode, _ real: Bool) -> Double {
    let judgements = [-2, 0, 3.5, 0.5]
    let label = real ? 1.0 : 0
    let costs = judgements.map { x in
      switch mode {
      case .lsgan: (x - label) * (x - label)
      case .vanilla: log(1 + exp(real ? -x : x))
      case .wgangp: real ? -x : x
      }
    }
    return costs.reduce(0, +) / 4
  }

  /// A 1 x 1 convolution of weight w has the slope w in every pixel: ||slope|| = |w| sqrt(pixels).
  @Test(arguments: [(0.5, 10.0), (0.25, 0.0), (0, 10)])
  func `the gradient penalty is ten times the squared distance of the slope from 1`(
    weight: Double, expected: Double
  ) throws {
    let description = NetworkDescription(
      layers: [.convolution(Convolution("net.0", 1, 1, kernel: 1, bias: false))],
      inputChannels: 1, outputChannels: 1, sideMultiple: 1, minimumSide: 1)
    let critic = try TrainableNetwork(
      description, device: .cpu, random: DeviceRandom(seed: 0, device: .cpu))
    try critic.tensor("net.0.weight").write([Float(weight)])
    let real = try Tensor([Float](repeating: 1, count: 32), shape: [2, 1, 4, 4], device: .cpu)
    let fake = try Tensor([Float](repeating: -1, count: 32), shape: [2, 1, 4, 4], device: .cpu)
    var random = RandomSource(seed: 1)
    let penalty = try gradientPenalty(
      of: critic, real: real, fake: fake, device: .cpu, random: &random)
    #expect(abs(Double(try penalty.values()[0]) - expected) < 1e-4)
    try critic.clearGradients()
    try penalty.backward()
    // d/dw 10 (|w| sqrt(16) - 1)^2 = 80 (4 w - 1)
    let gradient = try critic.gradient(of: "net.0.weight").values()[0]
    if weight > 0 { #expect(abs(Double(gradient) - 80 * (4 * weight - 1)) < 1e-3) }
  }
}

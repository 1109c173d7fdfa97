import CycleGAN

/// The losses of one step, weighted as they enter the sums.
package struct Losses: Sendable, Equatable {
  /// Loss of discriminatorA on real and fake A; `D_B` in the official log.
  package var discriminatorA: Float
  /// Loss of discriminatorB on real and fake B; `D_A` in the official log.
  package var discriminatorB: Float
  /// Loss of generatorAB against discriminatorB; `G_A` in the official log.
  package var adversarialAB: Float
  /// Loss of generatorBA against discriminatorA; `G_B` in the official log.
  package var adversarialBA: Float
  /// Reconstruction error of A -> B -> A; `cycle_A` in the official log.
  package var cycleA: Float
  /// Reconstruction error of B -> A -> B; `cycle_B` in the official log.
  package var cycleB: Float
  /// How much generatorBA changes an image of A; `idt_B` in the official log.
  package var identityA: Float
  /// How much generatorAB changes an image of B; `idt_A` in the official log.
  package var identityB: Float

  /// The losses' names, in the order of `values`.
  package static let names = [
    "discriminatorA", "discriminatorB", "adversarialAB", "adversarialBA", "cycleA", "cycleB",
    "identityA", "identityB",
  ]

  /// The losses, in the order of `names`.
  package var values: [Float] {
    [
      discriminatorA, discriminatorB, adversarialAB, adversarialBA, cycleA, cycleB, identityA,
      identityB,
    ]
  }

  /// The losses' names in log.tsv, in the order of the official log.
  static var columns: [(name: String, loss: KeyPath<Losses, Float>)] {
    [
      ("discriminator_A", \.discriminatorA), ("adversarial_AB", \.adversarialAB),
      ("cycle_A", \.cycleA), ("identity_A", \.identityA), ("discriminator_B", \.discriminatorB),
      ("adversarial_BA", \.adversarialBA), ("cycle_B", \.cycleB), ("identity_B", \.identityB),
    ]
  }

  /// Names eight numbers.
  ///
  /// - Parameter values: In the order of `names`.
  /// - Precondition: There are eight.
  package init(_ values: [Float]) {
    precondition(values.count == Losses.names.count, "there are eight losses")
    (discriminatorA, discriminatorB) = (values[0], values[1])
    (adversarialAB, adversarialBA) = (values[2], values[3])
    (cycleA, cycleB, identityA, identityB) = (values[4], values[5], values[6], values[7])
  }
}

/// Computes the cycle loss: the mean absolute reconstruction error.
///
/// - Parameters:
///   - real: `[N, C, H, W] Float32 in -1...1`.
///   - reconstructed: The same images after both generators.
/// - Returns: `[]`, 0...2.
/// - Throws: `TorchError` if the shapes differ.
///
/// Source: Zhu et al. 2017, arXiv 1703.10593, equation 2.
func cycleLoss(real: Tensor, reconstructed: Tensor) throws(TorchError) -> Tensor {
  try (reconstructed - real).absolute().mean()
}

/// Computes the identity loss: how much a generator changes an image of its target domain.
///
/// - Parameters:
///   - real: `[N, C, H, W] Float32 in -1...1`.
///   - output: The generator's output for it.
/// - Returns: `[]`, mean absolute difference, 0...2.
/// - Throws: `TorchError` if the shapes differ.
///
/// Source: Zhu et al. 2017, arXiv 1703.10593, section 5.2.
func identityLoss(real: Tensor, output: Tensor) throws(TorchError) -> Tensor {
  try (output - real).absolute().mean()
}

/// The adversarial losses, by the official option's words.
///
/// Source: `GANLoss` in the official networks.py.
package enum GANMode: String, Sendable, CaseIterable {
  /// Squared distance from 1 (real) or 0 (fake). Source: Mao et al. 2017, arXiv 1611.04076.
  case lsgan
  /// Binary cross entropy of logits. Source: Goodfellow et al. 2014, arXiv 1406.2661.
  case vanilla
  /// The critic's mean, with a gradient penalty. Source: Gulrajani et al. 2017, arXiv 1704.00028.
  case wgangp

  /// Computes the loss of a discriminator's output against a label.
  ///
  /// - Parameters:
  ///   - logits: A discriminator's output, any shape.
  ///   - real: The label.
  /// - Returns: `[]`.
  /// - Throws: `TorchError` if the device is out of memory.
  func adversarialLoss(_ logits: Tensor, real: Bool) throws(TorchError) -> Tensor {
    switch self {
    case .lsgan: try (logits - (real ? 1 : 0)).squared().mean()
    case .vanilla: try logits.crossEntropy(label: real ? 1 : 0)
    case .wgangp: try logits.mean() * (real ? -1 : 1)
    }
  }
}

/// Computes the penalty of a critic whose gradient norm is not 1 between real and fake images.
///
/// The official code has this function, and never calls it.
///
/// - Parameters:
///   - critic: The discriminator.
///   - real: `[N, C, H, W]`.
///   - fake: The same shape.
///   - device: The device of both.
///   - random: Draws the interpolation factor of each image.
/// - Returns: `[]`, weight 10 included.
/// - Throws: `TorchError` if the shapes differ or the device is out of memory.
///
/// Source: Gulrajani et al. 2017, arXiv 1704.00028, algorithm 1; `cal_gradient_penalty` (mixed) in
/// the official networks.py, which has the 1e-16.
func gradientPenalty(
  of critic: TrainableNetwork, real: Tensor, fake: Tensor, device: Device,
  random: inout RandomSource
) throws(TorchError) -> Tensor {
  let factors = real.shape[..<1].flatMap { count in (0..<count).map { _ in Float(random.unit()) } }
  let factor = try Tensor(factors, shape: [factors.count, 1, 1, 1], device: device)
  let interpolated = try (fake + (real - fake) * factor).requiringGrad()
  let gradient = try critic(interpolated).gradient(by: interpolated)
  return try ((gradient + 1e-16).norms() - 1).squared().mean() * 10
}

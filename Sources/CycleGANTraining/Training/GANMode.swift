import CycleGAN

/// What the discriminators and generators play for, by the official option's words.
///
/// Source: `GANLoss` in the official networks.py.
public enum GANMode: String, Sendable, CaseIterable {
  /// Squared distance from 1 (real) or 0 (fake). Source: Mao et al. 2017, arXiv 1611.04076.
  case lsgan
  /// Binary cross entropy of logits. Source: Goodfellow et al. 2014, arXiv 1406.2661.
  case vanilla
  /// The critic's mean, with a gradient penalty. Source: Gulrajani et al. 2017, arXiv 1704.00028.
  case wgangp

  /// How far judgements are from a verdict.
  ///
  /// - Parameters:
  ///   - judgements: What a discriminator said, any shape.
  ///   - real: Whether it should have said real.
  /// - Returns: `[]`.
  /// - Throws: `TorchError` if the device is out of memory.
  func adversarialLoss(_ judgements: Tensor, real: Bool) throws(TorchError) -> Tensor {
    switch self {
    case .lsgan: try (judgements - (real ? 1 : 0)).squared().mean()
    case .vanilla: try judgements.crossEntropy(label: real ? 1 : 0)
    case .wgangp: try judgements.mean() * (real ? -1 : 1)
    }
  }
}

/// How far the slope of a critic is from 1 between real and fake images.
///
/// The official code has this function, and never calls it.
///
/// - Parameters:
///   - critic: The discriminator.
///   - real: `[N, C, H, W]`.
///   - fake: The same shape.
///   - device: Where they live.
///   - random: Draws how far between the two each image lies.
/// - Returns: `[]`, weight 10 included.
/// - Throws: `TorchError` if the shapes differ or the device is out of memory.
///
/// Source: Gulrajani et al. 2017, arXiv 1704.00028, algorithm 1; `cal_gradient_penalty` (mixed) in
/// the official networks.py, which has the 1e-16.
func gradientPenalty(
  of critic: TrainableNetwork, real: Tensor, fake: Tensor, device: Device,
  random: inout RandomSource
) throws(TorchError) -> Tensor {
  let shares = real.shape[..<1].flatMap { count in (0..<count).map { _ in Float(random.unit()) } }
  let share = try Tensor(shares, shape: [shares.count, 1, 1, 1], device: device)
  let mixed = try (fake + (real - fake) * share).requiringGrad()
  let slope = try critic(mixed).gradient(by: mixed)
  return try ((slope + 1e-16).norms() - 1).squared().mean() * 10
}

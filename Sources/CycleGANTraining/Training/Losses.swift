/// What one step measured, weighted as it entered the sums.
public struct Losses: Sendable, Equatable {
  /// How badly discriminatorA tells A from fake A; `D_B` in the official log.
  public var discriminatorA: Float
  /// How badly discriminatorB tells B from fake B; `D_A` in the official log.
  public var discriminatorB: Float
  /// How badly generatorAB deceives discriminatorB; `G_A` in the official log.
  public var adversarialAB: Float
  /// How badly generatorBA deceives discriminatorA; `G_B` in the official log.
  public var adversarialBA: Float
  /// How far A to B to A lands from where it started; `cycle_A` in the official log.
  public var cycleA: Float
  /// How far B to A to B lands from where it started; `cycle_B` in the official log.
  public var cycleB: Float
  /// How much generatorBA changes an image that is A already; `idt_B` in the official log.
  public var identityA: Float
  /// How much generatorAB changes an image that is B already; `idt_A` in the official log.
  public var identityB: Float

  /// The losses' names, in the order of `values`.
  public static let names = [
    "discriminatorA", "discriminatorB", "adversarialAB", "adversarialBA", "cycleA", "cycleB",
    "identityA", "identityB",
  ]

  /// The losses, in the order of `names`.
  public var values: [Float] {
    [
      discriminatorA, discriminatorB, adversarialAB, adversarialBA, cycleA, cycleB, identityA,
      identityB,
    ]
  }

  /// Names eight numbers.
  ///
  /// - Parameter values: In the order of `names`.
  /// - Precondition: There are eight.
  public init(_ values: [Float]) {
    precondition(values.count == Losses.names.count, "there are eight losses")
    (discriminatorA, discriminatorB) = (values[0], values[1])
    (adversarialAB, adversarialBA) = (values[2], values[3])
    (cycleA, cycleB, identityA, identityB) = (values[4], values[5], values[6], values[7])
  }
}

/// How far a round trip lands from where it started.
///
/// - Parameters:
///   - real: `[N, C, H, W] Float32 in -1...1`.
///   - cycled: The same images after both generators.
/// - Returns: `[]`, mean absolute difference, 0...2.
/// - Throws: `TorchError` if the shapes differ.
///
/// Source: Zhu et al. 2017, arXiv 1703.10593, equation 2.
func cycleLoss(real: Tensor, cycled: Tensor) throws(TorchError) -> Tensor {
  try (cycled - real).absolute().mean()
}

/// How much a generator changes an image that is in its target domain already.
///
/// - Parameters:
///   - real: `[N, C, H, W] Float32 in -1...1`.
///   - kept: The generator's output for it.
/// - Returns: `[]`, mean absolute difference, 0...2.
/// - Throws: `TorchError` if the shapes differ.
///
/// Source: Zhu et al. 2017, arXiv 1703.10593, section 5.2.
func identityLoss(real: Tensor, kept: Tensor) throws(TorchError) -> Tensor {
  try (kept - real).absolute().mean()
}

/// The weights with which one side of a picture is made from its old samples.
///
/// Source: Pillow, src/libImaging/Resample.c, `precompute_coeffs` and `normalize_coeffs_8bpc`.
struct ResamplingKernel {
  /// Which old samples a new one is made from.
  struct Window {
    /// The first of them.
    let first: Int
    /// How many.
    let count: Int
    /// Where their weights begin in `weights`.
    let weights: Int
  }

  /// For every new sample, in order.
  let windows: [Window]
  /// In 22-bit fixed point; those of a window sum to about 1.
  let weights: [Int32]

  /// 32 bits less 8 for the sample and 2 for overshoot.
  static let precision: Int32 = 32 - 8 - 2
  /// Half a unit, so that the final shift rounds.
  static let half: Int32 = 1 << (precision - 1)

  /// Computes the weights.
  ///
  /// - Parameters:
  ///   - old: Samples on the old side, at least 1.
  ///   - new: Samples on the new side, at least 1.
  init(from old: Int, to new: Int) {
    let scale = Double(old) / Double(new)
    // A kernel that grows with the scale is what antialiases.
    let stretch = max(scale, 1)
    let support = 2 * stretch
    var windows: [Window] = []
    var weights: [Int32] = []
    for i in 0..<new {
      let center = (Double(i) + 0.5) * scale
      let first = max(0, Int(center - support + 0.5))
      let end = min(old, Int(center + support + 0.5))
      let exact = (0..<end - first).map { k in
        Self.bicubic((Double(k + first) - center + 0.5) * (1 / stretch))
      }
      let sum = exact.reduce(0, +)
      windows.append(Window(first: first, count: exact.count, weights: weights.count))
      weights += exact.map { Self.fixed(sum != 0 ? $0 / sum : $0) }
    }
    self.windows = windows
    self.weights = weights
  }

  /// Keys' cubic convolution with a = -1/2.
  private static func bicubic(_ signed: Double) -> Double {
    let x = abs(signed)
    let a = -0.5
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
    return 0
  }

  /// Rounds half away from zero.
  private static func fixed(_ weight: Double) -> Int32 {
    let scaled = weight * Double(1 << precision)
    return Int32(weight < 0 ? scaled - 0.5 : scaled + 0.5)
  }

  /// Turns a sum of weighted samples into a sample.
  @inline(__always)
  static func sample(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: max(0, min(255, sum >> precision)))
  }
}

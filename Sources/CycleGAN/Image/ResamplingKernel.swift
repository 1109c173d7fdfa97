import CCodecs

/// The weights with which one side of a picture is made from its old samples.
///
/// Source: Pillow, src/libImaging/Resample.c, `precompute_coeffs` and `normalize_coeffs_8bpc`.
struct ResamplingKernel {
  /// For every new sample, in order.
  let windows: [cc_window]
  /// In 22-bit fixed point; those of a window sum to about 1.
  let weights: [Int32]

  /// 32 bits less 8 for the sample and 2 for overshoot.
  private static let precision: Int32 = 32 - 8 - 2

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
    var windows: [cc_window] = []
    var weights: [Int32] = []
    for i in 0..<new {
      let center = (Double(i) + 0.5) * scale
      let first = max(0, Int(center - support + 0.5))
      let end = min(old, Int(center + support + 0.5))
      let exact = (0..<end - first).map { k in
        Self.bicubic((Double(k + first) - center + 0.5) * (1 / stretch))
      }
      let sum = exact.reduce(0, +)
      windows.append(
        cc_window(
          first: UInt32(first), count: UInt32(exact.count), weights: UInt32(weights.count)))
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

  /// Counts from the other end, on both sides.
  ///
  /// - Parameter old: Samples on the old side.
  /// - Returns: What makes of mirrored samples the mirrored new ones.
  func reversed(from old: Int) -> ResamplingKernel {
    let windows = self.windows.reversed().map { window in
      cc_window(
        first: UInt32(old) - window.first - window.count, count: window.count,
        weights: UInt32(weights.count) - window.weights - window.count)
    }
    return ResamplingKernel(windows: windows, weights: weights.reversed())
  }

  /// Lends itself to the C functions.
  func withResampling<Result>(_ body: (UnsafePointer<cc_resampling>) -> Result) -> Result {
    windows.withUnsafeBufferPointer { windows in
      weights.withUnsafeBufferPointer { weights in
        var resampling = cc_resampling(
          windows: windows.baseAddress, count: windows.count, weights: weights.baseAddress)
        return body(&resampling)
      }
    }
  }

  private init(windows: [cc_window], weights: [Int32]) {
    self.windows = windows
    self.weights = weights
  }
}

import ArgumentParser
import CycleGAN

/// Limits of the reconstruction error; an image beyond one fails the check.
struct CheckOptions: ParsableArguments, Sendable {
  @Option(help: ArgumentHelp("The largest L1 of any image.", valueName: "x"))
  var maxL1: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The smallest PSNR of any image, dB.", valueName: "x"))
  var minPsnr: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The smallest SSIM of any image.", valueName: "x"))
  var minSsim: Double?

  func validate() throws {
    for (name, limit) in [("--max-l1", maxL1), ("--min-psnr", minPsnr), ("--min-ssim", minSsim)] {
      guard limit.map({ !$0.isNaN }) ?? true else {
        throw ValidationError("\(name) is a number, not NaN")
      }
    }
  }

  /// Names every limit that an image is beyond.
  ///
  /// - Parameter similarity: Of F(G(x)) to x.
  /// - Returns: One sentence for all; nil where it keeps to the limits.
  func complaint(_ similarity: Similarity) -> String? {
    var points: [String] = []
    // Negated, so that NaN fails.
    if let maxL1, !(similarity.l1 <= maxL1) {
      points.append("L1 is \(fixed(similarity.l1, 6)), above \(maxL1)")
    }
    if let minPsnr, !(similarity.psnr >= minPsnr) {
      points.append("PSNR is \(fixed(similarity.psnr, 3)) dB, below \(minPsnr)")
    }
    if let minSsim, !(similarity.ssim >= minSsim) {
      points.append("SSIM is \(fixed(similarity.ssim, 6)), below \(minSsim)")
    }
    return points.isEmpty ? nil : points.joined(separator: ", ")
  }
}

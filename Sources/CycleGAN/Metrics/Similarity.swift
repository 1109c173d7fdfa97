import Glibc

/// How close two frames of the same size are.
public struct Similarity: Sendable, Equatable {
  /// The mean absolute difference in the networks' range, 0...2; what the cycle loss is made of.
  public let l1: Double
  /// The peak signal-to-noise ratio, dB; infinite for equal frames.
  public let psnr: Double
  /// The mean structural similarity, -1...1; 1 for equal frames.
  public let ssim: Double

  /// Compares two frames, values with values.
  ///
  /// - Parameters:
  ///   - first: Levels or values.
  ///   - second: A frame of the same size and number of channels.
  /// - Precondition: Sizes and channels are equal.
  ///
  /// Source: SSIM as in Wang et al. 2004, IEEE Transactions on Image Processing 13(4), equation 13:
  /// a Gaussian window of 11 px with a standard deviation of 1.5, where it lies within the picture,
  /// averaged over the channels. In a smaller picture the window is as large as fits.
  public init(_ first: Frame, _ second: Frame) {
    precondition(
      first.width == second.width && first.height == second.height
        && first.channels == second.channels, "the frames have different sizes")
    let (x, y) = (first.float32Samples(), second.float32Samples())
    var (absolute, squared) = (0.0, 0.0)
    for i in x.indices {
      let difference = Double(x[i]) - Double(y[i])
      absolute += abs(difference)
      squared += difference * difference
    }
    l1 = absolute / Double(x.count)
    psnr =
      squared == 0 ? .infinity : 10 * log10(Self.range * Self.range * Double(x.count) / squared)
    let plane = first.width * first.height
    let window = GaussianWindow(width: first.width, height: first.height)
    ssim =
      (0..<first.channels).map { channel in
        let part = channel * plane..<(channel + 1) * plane
        return window.similarity(x[part].map { Double($0) }, y[part].map { Double($0) })
      }.reduce(0, +) / Double(first.channels)
  }

  /// From -1 to 1.
  static let range = 2.0
}

/// A window that slides over a picture's samples, wherever it fits.
private struct GaussianWindow {
  let width: Int
  let height: Int
  private let across: [Double]
  private let down: [Double]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    across = Self.weights(within: width)
    down = Self.weights(within: height)
  }

  private static func weights(within side: Int) -> [Double] {
    // The largest odd number that fits.
    let count = min(11, side - (side + 1) % 2)
    let exact = (0..<count).map { i in
      let distance = Double(i - count / 2)
      return exp(-distance * distance / (2 * 1.5 * 1.5))
    }
    let sum = exact.reduce(0, +)
    return exact.map { $0 / sum }
  }

  /// The mean of SSIM over all places of the window.
  func similarity(_ x: [Double], _ y: [Double]) -> Double {
    let (meanX, meanY) = (averaged(x), averaged(y))
    let squaresX = averaged(x.map { $0 * $0 })
    let squaresY = averaged(y.map { $0 * $0 })
    let products = averaged(zip(x, y).map { $0 * $1 })
    let (c1, c2) = (0.01 * Similarity.range, 0.03 * Similarity.range)
    var sum = 0.0
    for i in meanX.indices {
      let (mx, my) = (meanX[i], meanY[i])
      let variances = squaresX[i] - mx * mx + squaresY[i] - my * my
      let covariance = products[i] - mx * my
      sum +=
        (2 * mx * my + c1 * c1) * (2 * covariance + c2 * c2)
        / ((mx * mx + my * my + c1 * c1) * (variances + c2 * c2))
    }
    return sum / Double(meanX.count)
  }

  /// The weighted means at every place of the window, rows first.
  private func averaged(_ samples: [Double]) -> [Double] {
    let columns = width - across.count + 1
    let rows = height - down.count + 1
    var middle = [Double](repeating: 0, count: height * columns)
    for row in 0..<height {
      for (i, weight) in across.enumerated() {
        for column in 0..<columns {
          middle[row * columns + column] += weight * samples[row * width + column + i]
        }
      }
    }
    var means = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for (i, weight) in down.enumerated() {
        for column in 0..<columns {
          means[row * columns + column] += weight * middle[(row + i) * columns + column]
        }
      }
    }
    return means
  }
}

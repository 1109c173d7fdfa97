import Glibc

/// Full-reference image quality metrics of two frames of the same size.
public struct Similarity: Sendable, Equatable {
  /// The mean absolute difference in the networks' range, 0...2; what the cycle loss is made of.
  public let l1: Double
  /// The peak signal-to-noise ratio, dB; infinite for equal frames.
  public let psnr: Double
  /// The mean structural similarity, -1...1; 1 for equal frames.
  public let ssim: Double

  /// Compares two frames as float32 samples.
  ///
  /// - Parameters:
  ///   - first: Of uint8 or float32 samples.
  ///   - second: A frame of the same size and number of channels.
  /// - Throws: `OutOfMemory`.
  /// - Precondition: Sizes and channels are equal.
  ///
  /// Source: SSIM as in Wang et al. 2004, IEEE Transactions on Image Processing 13(4), equation 13:
  /// a Gaussian window of 11 px with a standard deviation of 1.5, where it lies within the image,
  /// averaged over the channels. In a smaller image the window is as large as fits.
  public init(_ first: Frame, _ second: Frame) throws(OutOfMemory) {
    precondition(
      first.width == second.width && first.height == second.height
        && first.channels == second.channels, "the frames have different sizes")
    let (x, y) = (try first.float32Samples(), try second.float32Samples())
    let (absolute, squared) = Self.sums(x, y)
    l1 = absolute / Double(x.count)
    psnr =
      squared == 0 ? .infinity : 10 * log10(Self.range * Self.range * Double(x.count) / squared)
    let plane = first.width * first.height
    let window = GaussianWindow(width: first.width, height: first.height)
    var sum = 0.0
    for channel in 0..<first.channels {
      let part = channel * plane..<(channel + 1) * plane
      sum += try window.similarity(x[part], y[part])
    }
    ssim = sum / Double(first.channels)
  }

  /// The sums of the absolute and of the squared differences.
  private static func sums(
    _ x: Buffer<Float>, _ y: Buffer<Float>
  ) -> (absolute: Double, squared: Double) {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        var (absolute, squared) = (0.0, 0.0)
        for i in x.indices {
          let difference = Double(x[i]) - Double(y[i])
          absolute += abs(difference)
          squared += difference * difference
        }
        return (absolute, squared)
      }
    }
  }

  /// From -1 to 1.
  static let range = 2.0
}

/// A Gaussian window that slides over an image's samples, wherever it fits.
private struct GaussianWindow {
  let width: Int
  let height: Int
  private let horizontal: [Double]
  private let vertical: [Double]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    horizontal = Self.weights(within: width)
    vertical = Self.weights(within: height)
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

  /// The mean of SSIM over all positions of the window.
  func similarity(_ x: Buffer<Float>, _ y: Buffer<Float>) throws(OutOfMemory) -> Double {
    let (meanX, meanY) = (try averaged(x) { x, _ in x }, try averaged(y) { y, _ in y })
    let squaresX = try averaged(x) { x, _ in x * x }
    let squaresY = try averaged(y) { y, _ in y * y }
    let products = try averaged(x, y) { $0 * $1 }
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

  /// The weighted means of a product at every position of the window: horizontal pass, then vertical
  /// pass.
  private func averaged(
    _ x: Buffer<Float>, _ y: Buffer<Float>? = nil, _ product: (Double, Double) -> Double
  ) throws(OutOfMemory) -> Buffer<Double> {
    let columns = width - horizontal.count + 1
    let rows = height - vertical.count + 1
    let samples = try Buffer<Double>(count: x.count) { samples in
      x.withUnsafeBufferPointer { x in
        (y ?? []).withUnsafeBufferPointer { y in
          for i in samples.indices {
            samples[i] = product(Double(x[i]), y.isEmpty ? 0 : Double(y[i]))
          }
        }
      }
    }
    let middle = try MutableBuffer<Double>(repeating: 0, count: height * columns)
    let means = try MutableBuffer<Double>(repeating: 0, count: rows * columns)
    samples.withUnsafeBufferPointer { samples in
      middle.withElements { middle in
        for row in 0..<height {
          for (i, weight) in horizontal.enumerated() {
            for column in 0..<columns {
              middle[row * columns + column] += weight * samples[row * width + column + i]
            }
          }
        }
        means.withElements { means in
          for row in 0..<rows {
            for (i, weight) in vertical.enumerated() {
              for column in 0..<columns {
                means[row * columns + column] += weight * middle[(row + i) * columns + column]
              }
            }
          }
        }
      }
    }
    return means.frozen()
  }
}

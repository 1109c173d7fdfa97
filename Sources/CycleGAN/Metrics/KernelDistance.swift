/// Computes the kernel distance (as in KID) of two sets of images from features of each image.
///
/// The features are standardized by mean and standard deviation over the real images; a feature that
/// hardly varies among them is divided by more. The estimate is unbiased: for two sets of one
/// distribution its expectation is 0, and it can be negative.
///
/// - Parameters:
///   - real: Features of each real image, all of one length.
///   - fake: Features of each translation, of the same length.
/// - Returns: The squared maximum mean discrepancy for the kernel (x · y / d + 1)³; nil if a set has
///   fewer than two images.
///
/// Source: Bińkowski et al. 2018, arXiv 1801.01401, section 3.
package func kernelDistance(real: [[Double]], fake: [[Double]]) -> Double? {
  guard real.count > 1, fake.count > 1 else { return nil }
  let standardization = Standardization(real)
  let (x, y) = (real.map(standardization.applied(to:)), fake.map(standardization.applied(to:)))
  func within(_ set: [[Double]]) -> Double {
    var sum = 0.0
    for i in set.indices {
      for j in set.indices[..<i] { sum += 2 * kernel(set[i], set[j]) }
    }
    return sum / Double(set.count * (set.count - 1))
  }
  var between = 0.0
  for a in x { for b in y { between += kernel(a, b) } }
  return within(x) + within(y) - 2 * between / Double(x.count * y.count)
}

private func kernel(_ x: [Double], _ y: [Double]) -> Double {
  var product = 0.0
  for i in x.indices { product += x[i] * y[i] }
  let base = product / Double(x.count) + 1
  return base * base * base
}

/// Mean and standard deviation of every feature over a set of images.
private struct Standardization {
  private let means: [Double]
  private let deviations: [Double]

  init(_ set: [[Double]]) {
    let count = Double(set.count)
    let means = set[0].indices.map { i in set.reduce(0) { $0 + $1[i] } / count }
    self.means = means
    let variances = means.indices.map { i in
      set.reduce(0) { $0 + ($1[i] - means[i]) * ($1[i] - means[i]) } / count
    }
    // A feature that is nearly constant over the real images would dominate otherwise.
    let least = variances.reduce(0, +) / Double(variances.count) / 100
    deviations = variances.map { max($0, least).squareRoot() }
  }

  func applied(to features: [Double]) -> [Double] {
    features.indices.map { i in
      (features[i] - means[i]) / (deviations[i] > 0 ? deviations[i] : 1)
    }
  }
}

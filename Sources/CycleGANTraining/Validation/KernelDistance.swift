/// How far apart two sets of pictures are, by numbers that describe each picture.
///
/// The numbers are scaled first, so that over the real pictures each has mean 0 and deviation 1, less
/// where a number hardly varies among them. The estimate has no bias: for two sets from one source it
/// is 0 in the mean, and can be negative.
///
/// - Parameters:
///   - real: Numbers of each real picture.
///   - fake: Numbers of each translation, as many a picture.
/// - Returns: The squared maximum mean discrepancy for the kernel (x · y / d + 1)³; nil if a set has
///   fewer than two pictures.
///
/// Source: Bińkowski et al. 2018, arXiv 1801.01401, section 3.
func kernelDistance(real: [[Double]], fake: [[Double]]) -> Double? {
  guard real.count > 1, fake.count > 1 else { return nil }
  let scaling = Scaling(real)
  let (x, y) = (real.map(scaling.scaled), fake.map(scaling.scaled))
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

/// Mean and deviation of every number over some pictures.
private struct Scaling {
  private let means: [Double]
  private let deviations: [Double]

  init(_ set: [[Double]]) {
    let count = Double(set.count)
    let means = set[0].indices.map { i in set.reduce(0) { $0 + $1[i] } / count }
    self.means = means
    let variances = means.indices.map { i in
      set.reduce(0) { $0 + ($1[i] - means[i]) * ($1[i] - means[i]) } / count
    }
    // Else a number that is nearly the same in all real pictures would decide alone.
    let least = variances.reduce(0, +) / Double(variances.count) / 100
    deviations = variances.map { max($0, least).squareRoot() }
  }

  func scaled(_ numbers: [Double]) -> [Double] {
    numbers.indices.map { i in
      (numbers[i] - means[i]) / (deviations[i] > 0 ? deviations[i] : 1)
    }
  }
}

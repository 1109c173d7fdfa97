import CycleGAN

/// What the pictures that a generator makes of the probe images look like as a set.
///
/// Source: the signs and their limits are listed with `HealthWatch`.
struct TranslationReading: Equatable {
  /// Mean distance of translations, as a share of that of images.
  ///
  /// It is held against the domain whose images differ less; 1 if they do not differ.
  let diversity: Double
  /// Mean correlation of brightness, pixel by pixel, between an image and its translation.
  ///
  /// -1...1; an image without contrast counts as 0.
  let brightnessCorrelation: Double
  /// Share of samples beyond ±0.99, less that of real images of the target domain.
  let saturated: Double
  /// The largest standard deviation of a channel over all translations; 1 in full contrast.
  let contrast: Double
  /// Mean absolute difference of a translation to its image, 0...2; nil if their channels differ.
  let change: Double?

  /// Measures.
  ///
  /// - Parameters:
  ///   - images: What went in.
  ///   - translations: What came out, in the same order and sizes.
  ///   - targets: Real images of the domain that the translations should belong to.
  init(images: ImageSet, translations: ImageSet, targets: ImageSet) {
    let distance = min(images.distance, targets.distance)
    diversity = distance > 0 ? translations.distance / distance : 1
    let (pairs, count) = (zip(images.frames, translations.frames), Double(images.frames.count))
    brightnessCorrelation =
      pairs.map { correlation($0.luma(), $1.luma()) }.reduce(0, +) / count
    saturated = translations.saturated - targets.saturated
    contrast = translations.contrast
    let isComparable = pairs.allSatisfy { $0.channels == $1.channels }
    change =
      isComparable
      ? pairs.map { meanDifference($0.float32Samples(), $1.float32Samples()) }.reduce(0, +) / count
      : nil
  }
}

/// Pearson's correlation; 0 where one of the two is constant.
private func correlation(_ x: [Float], _ y: [Float]) -> Double {
  let count = Double(x.count)
  let meanX = x.reduce(0) { $0 + Double($1) } / count
  let meanY = y.reduce(0) { $0 + Double($1) } / count
  var (xx, yy, xy) = (0.0, 0.0, 0.0)
  for i in x.indices {
    let (dx, dy) = (Double(x[i]) - meanX, Double(y[i]) - meanY)
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
}

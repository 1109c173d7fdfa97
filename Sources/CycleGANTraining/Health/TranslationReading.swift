import CycleGAN
import Glibc

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
  ///   - images: What went in, at least one.
  ///   - translations: What came out, in the same order and sizes.
  ///   - targets: Real images of the domain that the translations should belong to.
  init(images: [Frame], translations: [Frame], targets: [Frame]) {
    let distance = min(Self.distance(images), Self.distance(targets))
    diversity = distance > 0 ? Self.distance(translations) / distance : 1
    let pairs = zip(images, translations)
    brightnessCorrelation =
      pairs.map { correlation($0.brightness, $1.brightness) }.reduce(0, +) / Double(images.count)
    saturated = Self.saturated(translations) - Self.saturated(targets)
    contrast = Self.contrast(translations)
    let isComparable = pairs.allSatisfy { $0.channels == $1.channels }
    change =
      isComparable
      ? pairs.map { meanDifference($0.values(), $1.values()) }.reduce(0, +) / Double(images.count)
      : nil
  }

  /// The mean distance of two pictures of a set, whatever their sizes.
  private static func distance(_ frames: [Frame]) -> Double {
    let grids = frames.map(\.coarse)
    var (sum, count) = (0.0, 0)
    for i in grids.indices {
      for j in grids.indices[..<i] {
        sum += meanDifference(grids[i], grids[j])
        count += 1
      }
    }
    return count > 0 ? sum / Double(count) : 0
  }

  private static func saturated(_ frames: [Frame]) -> Double {
    var (beyond, all) = (0, 0)
    for frame in frames {
      let values = frame.values()
      for value in values where abs(value) > 0.99 { beyond += 1 }
      all += values.count
    }
    return Double(beyond) / Double(all)
  }

  private static func contrast(_ frames: [Frame]) -> Double {
    (0..<frames[0].channels).map { channel in
      spread(
        frames.flatMap { frame in
          let plane = frame.width * frame.height
          return frame.values()[channel * plane..<(channel + 1) * plane]
        })
    }.max() ?? 0
  }
}

/// The standard deviation of some numbers.
func spread(_ values: [Float]) -> Double {
  let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
  let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
  return (squares / Double(values.count)).squareRoot()
}

private func meanDifference(_ x: [Float], _ y: [Float]) -> Double {
  var sum = 0.0
  for i in x.indices { sum += Double(abs(x[i] - y[i])) }
  return sum / Double(x.count)
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

extension Frame {
  /// `[H, W]`, how bright every pixel is.
  ///
  /// Source: ITU-R BT.601, luma.
  fileprivate var brightness: [Float] {
    let values = values()
    guard channels == 3 else { return values }
    let plane = width * height
    return (0..<plane).map { i in
      0.299 * values[i] + 0.587 * values[plane + i] + 0.114 * values[2 * plane + i]
    }
  }

  /// `[C, 16, 16]`, the means of equal parts of the picture; fewer parts where it is smaller.
  fileprivate var coarse: [Float] {
    let (rows, columns) = (min(16, height), min(16, width))
    var sums = [Float](repeating: 0, count: channels * rows * columns)
    var counts = sums
    let values = values()
    for channel in 0..<channels {
      for row in 0..<height {
        for column in 0..<width {
          let part =
            (channel * rows + row * rows / height) * columns + column * columns / width
          sums[part] += values[(channel * height + row) * width + column]
          counts[part] += 1
        }
      }
    }
    return zip(sums, counts).map { $0 / $1 }
  }
}

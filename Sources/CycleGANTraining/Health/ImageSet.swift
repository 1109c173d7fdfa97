import CycleGAN

/// Some pictures, and what they are like as a set.
struct ImageSet {
  /// Levels or values, at least one.
  let frames: [Frame]
  /// The mean distance of two of them, 0...2, whatever their sizes.
  let distance: Double
  /// Share of samples beyond ±0.99.
  let saturated: Double

  /// Measures a set.
  ///
  /// - Parameter frames: At least one.
  init(_ frames: [Frame]) {
    self.frames = frames
    distance = Self.distance(frames.map(\.coarse))
    saturated = Self.saturated(frames)
  }

  /// The largest standard deviation of a channel over all pictures; 1 in full contrast.
  var contrast: Double {
    let pictures = frames.map { ($0.float32Samples(), $0.width * $0.height) }
    return (0..<frames[0].channels).map { channel in
      meanAndDeviation(
        pictures.flatMap { values, plane in values[channel * plane..<(channel + 1) * plane] }
      ).deviation
    }.max() ?? 0
  }

  private static func distance(_ grids: [[Float]]) -> Double {
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
      let values = frame.float32Samples()
      for value in values where abs(value) > 0.99 { beyond += 1 }
      all += values.count
    }
    return Double(beyond) / Double(all)
  }
}

/// The mean of some numbers, and their standard deviation.
func meanAndDeviation(_ values: some Collection<Float>) -> (mean: Double, deviation: Double) {
  let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
  let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
  return (mean, (squares / Double(values.count)).squareRoot())
}

/// The mean absolute difference of two lists of one length.
func meanDifference(_ x: [Float], _ y: [Float]) -> Double {
  var sum = 0.0
  for i in x.indices { sum += Double(abs(x[i] - y[i])) }
  return sum / Double(x.count)
}

extension Frame {
  /// `[C, 16, 16]`, the means of equal parts of the picture; fewer parts where it is smaller.
  fileprivate var coarse: [Float] {
    let (rows, columns) = (min(16, height), min(16, width))
    var sums = [Float](repeating: 0, count: channels * rows * columns)
    var counts = sums
    let values = float32Samples()
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

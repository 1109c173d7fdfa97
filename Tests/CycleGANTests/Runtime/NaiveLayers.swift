import Testing

/// An image in the kernels' order, with the layers as their definitions have them, in Float64.
struct Naive {
  let height: Int
  let width: Int
  let channels: Int
  /// `[H, W, C]`, C contiguous.
  var values: [Double]

  /// Noise, the same for the same size.
  init(_ height: Int, _ width: Int, _ channels: Int) {
    let numbers = Numbers.numbers(height * 7 + width * 31 + channels, height * width * channels)
    self.init(height, width, channels, numbers)
  }

  init(_ height: Int, _ width: Int, _ channels: Int, _ values: [Double]) {
    (self.height, self.width, self.channels) = (height, width, channels)
    self.values = values
  }

  var floats: [Float] { values.map { Float($0) } }

  subscript(row: Int, column: Int, channel: Int) -> Double {
    get { values[(row * width + column) * channels + channel] }
    set { values[(row * width + column) * channels + channel] = newValue }
  }

  /// Zeros of some size.
  static func zeros(_ height: Int, _ width: Int, _ channels: Int) -> Naive {
    Naive(height, width, channels, .init(repeating: 0, count: height * width * channels))
  }

  /// A border of `border` px around it: zero, or mirrored.
  func padded(_ border: Int, mirrored: Bool) -> Naive {
    var result = Naive.zeros(height + 2 * border, width + 2 * border, channels)
    for row in 0..<result.height {
      for column in 0..<result.width {
        var (y, x) = (row - border, column - border)
        if mirrored { (y, x) = (Self.mirrored(y, height), Self.mirrored(x, width)) }
        guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
        for channel in 0..<channels { result[row, column, channel] = self[y, x, channel] }
      }
    }
    return result
  }

  private static func mirrored(_ i: Int, _ length: Int) -> Int {
    i < 0 ? -i : i < length ? i : 2 * length - 2 - i
  }

  /// Convolves without a border; `weight` is [K, C, k, k].
  func convolved(_ weight: [Float], into outputs: Int, kernel k: Int, stride: Int = 1) -> Naive {
    var result = Naive.zeros((height - k) / stride + 1, (width - k) / stride + 1, outputs)
    for row in 0..<result.height {
      for column in 0..<result.width {
        for output in 0..<outputs {
          var sum = 0.0
          for c in 0..<channels {
            for i in 0..<k * k {
              sum +=
                Double(weight[(output * channels + c) * k * k + i])
                * self[row * stride + i / k, column * stride + i % k, c]
            }
          }
          result[row, column, output] = sum
        }
      }
    }
    return result
  }

  /// Spreads every pixel over k x k of the output, then cuts `padding` px off; `weight` is
  /// [C, K, k, k].
  func spread(
    _ weight: [Float], into outputs: Int, kernel k: Int, stride: Int, padding: Int, more: Int
  ) -> Naive {
    let side = { (side: Int) in (side - 1) * stride - 2 * padding + k + more }
    var result = Naive.zeros(side(height), side(width), outputs)
    for row in 0..<height {
      for column in 0..<width {
        for i in 0..<k * k {
          let (y, x) = (row * stride - padding + i / k, column * stride - padding + i % k)
          guard (0..<result.height).contains(y), (0..<result.width).contains(x) else { continue }
          for c in 0..<channels {
            for output in 0..<outputs {
              result[y, x, output] +=
                Double(weight[(c * outputs + output) * k * k + i]) * self[row, column, c]
            }
          }
        }
      }
    }
    return result
  }

  /// Changes every value, knowing its channel.
  func mapped(_ change: (Double, Int) -> Double) -> Naive {
    var result = self
    for i in values.indices { result.values[i] = change(values[i], i % channels) }
    return result
  }

  /// Mean and 1 / sqrt(biased variance + epsilon) of a channel.
  func statistics(of channel: Int, epsilon: Double = 1e-5) -> (mean: Double, scale: Double) {
    let own = stride(from: channel, to: values.count, by: channels).map { values[$0] }
    let mean = own.reduce(0, +) / Double(own.count)
    let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)
    return (mean, 1 / (variance + epsilon).squareRoot())
  }

  /// Every channel with mean 0 and variance 1.
  var normalized: Naive {
    let statistics = (0..<channels).map { self.statistics(of: $0) }
    return mapped { value, channel in
      (value - statistics[channel].mean) * statistics[channel].scale
    }
  }

  /// Expects floats to be these values.
  func expect(
    _ floats: [Float], within tolerance: Double = 1e-5,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(floats.count == values.count, sourceLocation: sourceLocation)
    let scale = max(1, values.reduce(0) { max($0, abs($1)) })
    let far = zip(floats, values).enumerated().first {
      abs(Double($1.0) - $1.1) > tolerance * scale
    }
    guard let (i, pair) = far else { return }
    Issue.record("element \(i) is \(pair.0), not \(pair.1)", sourceLocation: sourceLocation)
  }
}

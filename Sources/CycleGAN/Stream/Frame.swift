/// One picture on its way through the filters: an image's levels or a network's values.
public struct Frame: Sendable, Equatable {
  /// The two kinds of samples a frame can carry.
  public enum Samples: Sendable, Equatable {
    /// `[H, W, C] UInt8 in 0...255`, sRGB.
    case levels([UInt8])
    /// `[C, H, W] Float32 in -1...1`, the networks' range.
    case values([Float])
  }

  /// Columns, px, at least 1.
  public let width: Int
  /// Rows, px, at least 1.
  public let height: Int
  /// 1 or 3.
  public let channels: Int
  /// The samples; their order depends on their kind.
  public let samples: Samples

  /// Wraps samples.
  ///
  /// - Parameters:
  ///   - width: Columns, px, at least 1.
  ///   - height: Rows, px, at least 1.
  ///   - channels: 1 or 3.
  ///   - samples: `[H, W, C]` levels or `[C, H, W]` values.
  /// - Precondition: The number of samples is `width * height * channels`.
  public init(width: Int, height: Int, channels: Int, samples: Samples) {
    let count =
      switch samples {
      case .levels(let levels): levels.count
      case .values(let values): values.count
      }
    precondition(count == width * height * channels, "samples do not fill the frame")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  /// Wraps an image's levels.
  ///
  /// - Parameter image: Any image.
  public init(_ image: Image) {
    self.init(
      width: image.width, height: image.height, channels: image.channels,
      samples: .levels(image.pixels))
  }

  /// The samples in the networks' range and order.
  ///
  /// A level u becomes u / 127.5 - 1, which is bit for bit what torchvision's `ToTensor` and
  /// `Normalize(0.5, 0.5)` give.
  ///
  /// - Returns: `[C, H, W] Float32 in -1...1`.
  public func values() -> [Float] {
    switch samples {
    case .values(let values): return values
    case .levels(let levels):
      let plane = width * height
      return [Float](unsafeUninitializedCapacity: plane * channels) { values, count in
        for channel in 0..<channels {
          for i in 0..<plane {
            values[channel * plane + i] = Float(levels[i * channels + channel]) / 127.5 - 1
          }
        }
        count = plane * channels
      }
    }
  }
}

extension Image {
  /// Turns a frame into a picture.
  ///
  /// A value v becomes the level nearest to (v + 1) * 127.5, so that an image survives the way to
  /// values and back exactly; values outside -1...1 are clamped, and NaN becomes 0.
  ///
  /// - Parameter frame: Levels or values.
  public init(_ frame: Frame) {
    let (width, height, channels) = (frame.width, frame.height, frame.channels)
    switch frame.samples {
    case .levels(let levels):
      self.init(width: width, height: height, channels: channels, pixels: levels)
    case .values(let values):
      let plane = width * height
      let pixels = [UInt8](unsafeUninitializedCapacity: plane * channels) { pixels, count in
        for channel in 0..<channels {
          for i in 0..<plane {
            let level = ((values[channel * plane + i] + 1) * 127.5).rounded()
            pixels[i * channels + channel] = level > 0 ? (level < 255 ? UInt8(level) : 255) : 0
          }
        }
        count = plane * channels
      }
      self.init(width: width, height: height, channels: channels, pixels: pixels)
    }
  }
}

/// One image on its way through the filters, as image files or as the networks have its samples.
public struct Frame: Sendable, Equatable {
  /// The two kinds of samples a frame can carry.
  public enum Samples: Sendable, Equatable {
    /// `[H, W, C] UInt8 in 0...255`, sRGB.
    case uint8([UInt8])
    /// `[C, H, W] Float32 in -1...1`, the networks' range.
    case float32([Float])
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
  ///   - samples: `[H, W, C]` uint8 or `[C, H, W]` float32.
  /// - Precondition: The number of samples is `width * height * channels`.
  public init(width: Int, height: Int, channels: Int, samples: Samples) {
    let count =
      switch samples {
      case .uint8(let samples): samples.count
      case .float32(let samples): samples.count
      }
    precondition(count == width * height * channels, "samples do not fill the frame")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  /// Wraps an image's uint8 samples.
  ///
  /// - Parameter image: Any image.
  public init(_ image: Image) {
    self.init(
      width: image.width, height: image.height, channels: image.channels,
      samples: .uint8(image.pixels))
  }

  /// The samples in the networks' range and order.
  ///
  /// A uint8 sample u becomes u / 127.5 - 1, which is bit for bit what torchvision's `ToTensor` and
  /// `Normalize(0.5, 0.5)` give.
  ///
  /// - Returns: `[C, H, W] Float32 in -1...1`.
  public func float32Samples() -> [Float] {
    switch samples {
    case .float32(let samples): return samples
    case .uint8(let pixels):
      let plane = width * height
      return [Float](unsafeUninitializedCapacity: plane * channels) { samples, count in
        for channel in 0..<channels {
          for i in 0..<plane {
            samples[channel * plane + i] = Float(pixels[i * channels + channel]) / 127.5 - 1
          }
        }
        count = plane * channels
      }
    }
  }

  /// The luma of every pixel in the networks' range.
  ///
  /// - Returns: `[H, W] Float32 in -1...1`; of a gray frame its samples.
  package func luma() -> [Float] {
    channels == 1 ? float32Samples() : Luma.float32(float32Samples())
  }

  /// Converts gray to three equal channels, or color to gray.
  ///
  /// - Parameter count: 1 or 3.
  /// - Returns: A frame of the same kind and size. Gray is Rec. 601 luma: of uint8 samples as
  ///   Pillow's `convert("L")` rounds it.
  public func withChannels(_ count: Int) -> Frame {
    guard count != channels else { return self }
    let changed: Samples =
      switch samples {
      case .uint8(let pixels):
        .uint8(count == 3 ? pixels.flatMap { [$0, $0, $0] } : Luma.uint8(pixels))
      case .float32(let planes):
        .float32(count == 3 ? planes + planes + planes : Luma.float32(planes))
      }
    return Frame(width: width, height: height, channels: count, samples: changed)
  }
}

extension Image {
  /// Makes an image of a frame.
  ///
  /// A float32 sample v becomes the uint8 sample nearest to (v + 1) * 127.5, so that an image
  /// survives the conversion to float32 and back exactly; samples outside -1...1 are clamped, and
  /// NaN becomes 0.
  ///
  /// - Parameter frame: uint8 or float32 samples.
  public init(_ frame: Frame) {
    let (width, height, channels) = (frame.width, frame.height, frame.channels)
    switch frame.samples {
    case .uint8(let pixels):
      self.init(width: width, height: height, channels: channels, pixels: pixels)
    case .float32(let samples):
      let plane = width * height
      let pixels = [UInt8](unsafeUninitializedCapacity: plane * channels) { pixels, count in
        for channel in 0..<channels {
          for i in 0..<plane {
            let scaled = ((samples[channel * plane + i] + 1) * 127.5).rounded()
            pixels[i * channels + channel] = scaled > 0 ? (scaled < 255 ? UInt8(scaled) : 255) : 0
          }
        }
        count = plane * channels
      }
      self.init(width: width, height: height, channels: channels, pixels: pixels)
    }
  }
}

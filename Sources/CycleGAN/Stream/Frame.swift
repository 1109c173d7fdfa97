/// One image on its way through the filters, as image files or as the networks have its samples.
public struct Frame: Sendable, Equatable {
  /// The two kinds of samples a frame can carry.
  public enum Samples: Sendable, Equatable {
    /// `[H, W, C] UInt8 in 0...255`, sRGB.
    case uint8(Buffer<UInt8>)
    /// `[C, H, W] Float32 in -1...1`, the networks' range.
    case float32(Buffer<Float>)
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
  /// - Throws: `OutOfMemory`.
  public func float32Samples() throws(OutOfMemory) -> Buffer<Float> {
    switch samples {
    case .float32(let samples): return samples
    case .uint8(let pixels):
      let plane = width * height
      return try Buffer(count: plane * channels) { samples in
        pixels.withUnsafeBufferPointer { pixels in
          for channel in 0..<channels {
            for i in 0..<plane {
              samples[channel * plane + i] = Float(pixels[i * channels + channel]) / 127.5 - 1
            }
          }
        }
      }
    }
  }

  /// The luma of every pixel in the networks' range.
  ///
  /// - Returns: `[H, W] Float32 in -1...1`; of a gray frame its samples.
  /// - Throws: `OutOfMemory`.
  package func luma() throws(OutOfMemory) -> Buffer<Float> {
    let samples = try float32Samples()
    return channels == 1 ? samples : try Luma.float32(samples)
  }

  /// Converts gray to three equal channels, or color to gray.
  ///
  /// - Parameter count: 1 or 3.
  /// - Returns: A frame of the same kind and size. Gray is Rec. 601 luma: of uint8 samples as
  ///   Pillow's `convert("L")` rounds it.
  /// - Throws: `OutOfMemory`.
  public func withChannels(_ count: Int) throws(OutOfMemory) -> Frame {
    guard count != channels else { return self }
    switch samples {
    case .uint8(let pixels):
      let image = Image(width: width, height: height, channels: channels, pixels: pixels)
      return Frame(count == 3 ? try image.rgb() : try image.gray())
    case .float32(let planes):
      return Frame(
        width: width, height: height, channels: count,
        samples: .float32(
          count == 3
            ? try planes.followed(by: planes).followed(by: planes) : try Luma.float32(planes)))
    }
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
  /// - Throws: `OutOfMemory`.
  public init(_ frame: Frame) throws(OutOfMemory) {
    let (width, height, channels) = (frame.width, frame.height, frame.channels)
    switch frame.samples {
    case .uint8(let pixels):
      self.init(width: width, height: height, channels: channels, pixels: pixels)
    case .float32(let samples):
      let plane = width * height
      let pixels = try Buffer<UInt8>(count: plane * channels) { pixels in
        samples.withUnsafeBufferPointer { samples in
          for channel in 0..<channels {
            for i in 0..<plane {
              let scaled = ((samples[channel * plane + i] + 1) * 127.5).rounded()
              pixels[i * channels + channel] =
                scaled > 0 ? (scaled < 255 ? UInt8(scaled) : 255) : 0
            }
          }
        }
      }
      self.init(width: width, height: height, channels: channels, pixels: pixels)
    }
  }
}

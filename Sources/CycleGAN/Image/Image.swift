/// An image in memory: 8-bit sRGB or gray samples.
///
/// Samples are interleaved, rows from top to bottom: `[H, W, C] UInt8 in 0...255`, where H is the
/// number of rows, W of columns and C of channels.
public struct Image: Sendable, Equatable {
  /// Columns, px, at least 1.
  public let width: Int
  /// Rows, px, at least 1.
  public let height: Int
  /// 1 (gray) or 3 (red, green, blue).
  public let channels: Int
  /// `[H, W, C]`, 0...255.
  public let pixels: Buffer<UInt8>

  /// Wraps samples.
  ///
  /// - Parameters:
  ///   - width: Columns, px, at least 1.
  ///   - height: Rows, px, at least 1.
  ///   - channels: 1 or 3.
  ///   - pixels: `[H, W, C]`, 0...255.
  /// - Precondition: The number of samples is `width * height * channels`.
  public init(width: Int, height: Int, channels: Int, pixels: Buffer<UInt8>) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    precondition(channels == 1 || channels == 3, "an image has 1 or 3 channels")
    precondition(pixels.count == width * height * channels, "samples do not fill the image")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Wraps samples, as above.
  ///
  /// - Parameters:
  ///   - width: Columns, px, at least 1.
  ///   - height: Rows, px, at least 1.
  ///   - channels: 1 or 3.
  ///   - pixels: `[H, W, C]`, 0...255.
  /// - Precondition: The number of samples is `width * height * channels`.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    self.init(width: width, height: height, channels: channels, pixels: Buffer(pixels))
  }
}

extension Image {
  /// Cuts out a rectangle.
  ///
  /// - Parameters:
  ///   - x: Its left column, px.
  ///   - y: Its top row, px.
  ///   - width: Its width, px.
  ///   - height: Its height, px.
  /// - Returns: The part of the image inside.
  /// - Throws: `OutOfMemory`.
  /// - Precondition: The rectangle has a pixel and lies within the image.
  public func cropped(x: Int, y: Int, width: Int, height: Int) throws(OutOfMemory) -> Image {
    precondition(
      x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height,
      "the rectangle leaves the image")
    if width == self.width && height == self.height { return self }
    let part = try MutableBuffer<UInt8>(capacity: width * height * channels)
    for row in y..<y + height {
      let start = (row * self.width + x) * channels
      try part.append(pixels[start..<start + width * channels])
    }
    return Image(width: width, height: height, channels: channels, pixels: part.frozen())
  }

  /// Mirrors left and right, as torchvision's `hflip`.
  ///
  /// - Returns: An image of the same size.
  /// - Throws: `OutOfMemory`.
  public func flipped() throws(OutOfMemory) -> Image {
    let flipped = try Buffer<UInt8>(count: pixels.count) { new in
      pixels.withUnsafeBufferPointer { old in
        for row in 0..<height {
          let start = row * width
          for column in 0..<width {
            let source = (start + width - 1 - column) * channels
            let target = (start + column) * channels
            for channel in 0..<channels { new[target + channel] = old[source + channel] }
          }
        }
      }
    }
    return Image(width: width, height: height, channels: channels, pixels: flipped)
  }

  /// Lays images out in a grid on white.
  ///
  /// - Parameter rows: Color images, at least one a row; each row as high as its highest.
  /// - Throws: `OutOfMemory`.
  /// - Precondition: All images have three channels.
  public init(rows: [[Image]]) throws(OutOfMemory) {
    let gap = 2
    let width = rows.map { $0.reduce(-gap) { $0 + $1.width + gap } }.max() ?? 1
    let heights = rows.map { $0.map(\.height).max() ?? 1 }
    let height = heights.reduce(-gap) { $0 + $1 + gap }
    let pixels = try MutableBuffer<UInt8>(repeating: 255, count: width * height * 3)
    pixels.withElements { pixels in
      var top = 0
      for (row, rowHeight) in zip(rows, heights) {
        var left = 0
        for image in row {
          for y in 0..<image.height {
            let from = y * image.width * 3, to = ((top + y) * width + left) * 3
            image.pixels[from..<from + image.width * 3].withUnsafeBufferPointer { line in
              _ = pixels[to..<to + image.width * 3].update(fromContentsOf: line)
            }
          }
          left += image.width + gap
        }
        top += rowHeight + gap
      }
    }
    self.init(width: width, height: height, channels: 3, pixels: pixels.frozen())
  }
}

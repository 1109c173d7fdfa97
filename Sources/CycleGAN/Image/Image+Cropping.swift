extension Image {
  /// Cuts out a rectangle.
  ///
  /// - Parameters:
  ///   - x: Its left column, px.
  ///   - y: Its top row, px.
  ///   - width: Its width, px.
  ///   - height: Its height, px.
  /// - Returns: The part of the picture inside.
  /// - Precondition: The rectangle has a pixel and lies within the picture.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Image {
    precondition(
      x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height,
      "the rectangle leaves the picture")
    if width == self.width && height == self.height { return self }
    var part: [UInt8] = []
    part.reserveCapacity(width * height * channels)
    for row in y..<y + height {
      let start = (row * self.width + x) * channels
      part += pixels[start..<start + width * channels]
    }
    return Image(width: width, height: height, channels: channels, pixels: part)
  }

  /// Mirrors left and right.
  ///
  /// - Returns: A picture of the same size.
  public func flipped() -> Image {
    let flipped = [UInt8](unsafeUninitializedCapacity: pixels.count) { new, count in
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
      count = pixels.count
    }
    return Image(width: width, height: height, channels: channels, pixels: flipped)
  }

  /// Turns colour into grey.
  ///
  /// - Returns: One channel, as Pillow's `convert("L")` gives it.
  ///
  /// Source: Pillow, src/libImaging/Convert.c; the weights are those of ITU-R 601-2 in 16 bits.
  public func grey() -> Image {
    guard channels == 3 else { return self }
    let count = width * height
    let levels = [UInt8](unsafeUninitializedCapacity: count) { levels, filled in
      pixels.withUnsafeBufferPointer { pixels in
        for i in 0..<count {
          let (red, green) = (UInt32(pixels[3 * i]), UInt32(pixels[3 * i + 1]))
          let sum = 19595 &* red &+ 38470 &* green &+ 7471 &* UInt32(pixels[3 * i + 2])
          levels[i] = UInt8(truncatingIfNeeded: (sum &+ 32768) >> 16)
        }
      }
      filled = count
    }
    return Image(width: width, height: height, channels: 1, pixels: levels)
  }

  /// Turns grey into three equal channels.
  ///
  /// - Returns: Red, green and blue.
  public func rgb() -> Image {
    guard channels == 1 else { return self }
    let count = pixels.count
    let colours = [UInt8](unsafeUninitializedCapacity: count * 3) { colours, filled in
      pixels.withUnsafeBufferPointer { pixels in
        for i in 0..<count {
          for channel in 0..<3 { colours[3 * i + channel] = pixels[i] }
        }
      }
      filled = count * 3
    }
    return Image(width: width, height: height, channels: 3, pixels: colours)
  }
}

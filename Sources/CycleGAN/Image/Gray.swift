/// Gray of color: ITU-R BT.601 luma, the one conversion of images and of frames.
enum Luma {
  /// Converts uint8 samples.
  ///
  /// - Parameter pixels: `[H, W, 3]`.
  /// - Returns: `[H, W]`, as Pillow's `convert("L")` rounds it.
  /// - Throws: `OutOfMemory`.
  ///
  /// Source: Pillow, src/libImaging/Convert.c; the weights are those of ITU-R 601-2 in 16 bits.
  static func uint8(_ pixels: Buffer<UInt8>) throws(OutOfMemory) -> Buffer<UInt8> {
    try Buffer(count: pixels.count / 3) { luma in
      pixels.withUnsafeBufferPointer { convert($0, to: luma) }
    }
  }

  /// Converts uint8 samples, as above.
  static func convert(
    _ pixels: UnsafeBufferPointer<UInt8>, to luma: UnsafeMutableBufferPointer<UInt8>
  ) {
    for i in luma.indices {
      let (red, green) = (UInt32(pixels[3 * i]), UInt32(pixels[3 * i + 1]))
      let sum = 19595 &* red &+ 38470 &* green &+ 7471 &* UInt32(pixels[3 * i + 2])
      luma[i] = UInt8(truncatingIfNeeded: (sum &+ 32768) >> 16)
    }
  }

  /// Converts float32 samples.
  ///
  /// - Parameter planes: `[3, H, W]`.
  /// - Returns: `[H, W]`.
  /// - Throws: `OutOfMemory`.
  static func float32(_ planes: Buffer<Float>) throws(OutOfMemory) -> Buffer<Float> {
    let count = planes.count / 3
    return try Buffer(count: count) { luma in
      planes.withUnsafeBufferPointer { planes in
        for i in 0..<count {
          luma[i] = 0.299 * planes[i] + 0.587 * planes[count + i] + 0.114 * planes[2 * count + i]
        }
      }
    }
  }
}

extension Image {
  /// Converts color to gray.
  ///
  /// - Returns: One channel, as Pillow's `convert("L")` gives it.
  /// - Throws: `OutOfMemory`.
  public func gray() throws(OutOfMemory) -> Image {
    guard channels == 3 else { return self }
    return Image(width: width, height: height, channels: 1, pixels: try Luma.uint8(pixels))
  }

  /// Converts gray to three equal channels.
  ///
  /// - Returns: Red, green and blue.
  /// - Throws: `OutOfMemory`.
  public func rgb() throws(OutOfMemory) -> Image {
    guard channels == 1 else { return self }
    let colors = try Buffer<UInt8>(count: pixels.count * 3) { colors in
      pixels.withUnsafeBufferPointer { pixels in
        for i in pixels.indices {
          for channel in 0..<3 { colors[3 * i + channel] = pixels[i] }
        }
      }
    }
    return Image(width: width, height: height, channels: 3, pixels: colors)
  }
}

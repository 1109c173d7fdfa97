/// Gray of color: ITU-R BT.601 luma, the one conversion of images and of frames.
enum Luma {
  /// Converts uint8 samples.
  ///
  /// - Parameter pixels: `[H, W, 3]`.
  /// - Returns: `[H, W]`, as Pillow's `convert("L")` rounds it.
  ///
  /// Source: Pillow, src/libImaging/Convert.c; the weights are those of ITU-R 601-2 in 16 bits.
  static func uint8(_ pixels: [UInt8]) -> [UInt8] {
    let count = pixels.count / 3
    return [UInt8](unsafeUninitializedCapacity: count) { luma, filled in
      pixels.withUnsafeBufferPointer { pixels in
        for i in 0..<count {
          let (red, green) = (UInt32(pixels[3 * i]), UInt32(pixels[3 * i + 1]))
          let sum = 19595 &* red &+ 38470 &* green &+ 7471 &* UInt32(pixels[3 * i + 2])
          luma[i] = UInt8(truncatingIfNeeded: (sum &+ 32768) >> 16)
        }
      }
      filled = count
    }
  }

  /// Converts float32 samples.
  ///
  /// - Parameter planes: `[3, H, W]`.
  /// - Returns: `[H, W]`.
  static func float32(_ planes: [Float]) -> [Float] {
    let count = planes.count / 3
    return (0..<count).map { i in
      0.299 * planes[i] + 0.587 * planes[count + i] + 0.114 * planes[2 * count + i]
    }
  }
}

extension Image {
  /// Converts color to gray.
  ///
  /// - Returns: One channel, as Pillow's `convert("L")` gives it.
  public func gray() -> Image {
    guard channels == 3 else { return self }
    return Image(width: width, height: height, channels: 1, pixels: Luma.uint8(pixels))
  }

  /// Converts gray to three equal channels.
  ///
  /// - Returns: Red, green and blue.
  public func rgb() -> Image {
    guard channels == 1 else { return self }
    let count = pixels.count
    let colors = [UInt8](unsafeUninitializedCapacity: count * 3) { colors, filled in
      pixels.withUnsafeBufferPointer { pixels in
        for i in 0..<count {
          for channel in 0..<3 { colors[3 * i + channel] = pixels[i] }
        }
      }
      filled = count * 3
    }
    return Image(width: width, height: height, channels: 3, pixels: colors)
  }
}

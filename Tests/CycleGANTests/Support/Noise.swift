import CycleGAN

extension Image {
  /// The noise that Fixtures/parity/make-resize.py makes.
  static func noise(width: Int, height: Int, channels: Int) -> Image {
    var state = UInt32(truncatingIfNeeded: width * 7919 + height * 104_729 + channels)
    let pixels = (0..<width * height * channels).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }
}

/// Which of the two passes of a resize comes first.
///
/// The result is rounded to 8 bits between them, so that the order shows in the lowest bit.
public enum ResizingOrder: Sendable {
  /// Across, then down: Pillow before 13.
  case acrossFirst
  /// Down first where the height shrinks by more than twice what the width does: Pillow 13.
  case shrinkingHeightFirst
}

extension Image {
  /// Resizes the way Pillow's `resize(size, BICUBIC)` does, bit for bit.
  ///
  /// Antialiased bicubic in two passes, rounded to 8 bits between them. A pass that would change
  /// nothing is left out. `ImageResizingTests` holds it against Pillow.
  ///
  /// - Parameters:
  ///   - width: New width, px, at least 1.
  ///   - height: New height, px, at least 1.
  ///   - order: Which pass comes first.
  /// - Returns: A picture of exactly that size; the aspect ratio is not kept.
  ///
  /// Source: Pillow, src/libImaging/Resample.c.
  public func resized(
    width: Int, height: Int, order: ResizingOrder = .shrinkingHeightFirst
  ) -> Image {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    let shrinkage = (width: self.width - width, height: self.height - height)
    let isTall = shrinkage.height > 0 && shrinkage.height > 2 * shrinkage.width
    if order == .shrinkingHeightFirst && isTall {
      return resampledDown(to: height).resampledAcross(to: width)
    }
    return resampledAcross(to: width).resampledDown(to: height)
  }

  private func resampledAcross(to width: Int) -> Image {
    if width == self.width { return self }
    let kernel = ResamplingKernel(from: self.width, to: width)
    let (oldStride, newStride) = (self.width * channels, width * channels)
    let pixels = [UInt8](unsafeUninitializedCapacity: newStride * height) { new, count in
      self.pixels.withUnsafeBufferPointer { old in
        for row in 0..<height {
          let source = UnsafeBufferPointer(rebasing: old[(row * oldStride)...])
          let target = UnsafeMutableBufferPointer(rebasing: new[(row * newStride)...])
          if channels == 3 {
            kernel.resampleRGB(source, into: target)
          } else {
            kernel.resampleGrey(source, into: target)
          }
        }
      }
      count = newStride * height
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }

  private func resampledDown(to height: Int) -> Image {
    if height == self.height { return self }
    let kernel = ResamplingKernel(from: self.height, to: height)
    let stride = width * channels
    let pixels = [UInt8](unsafeUninitializedCapacity: stride * height) { new, count in
      self.pixels.withUnsafeBufferPointer { old in
        for (row, window) in kernel.windows.enumerated() {
          let target = UnsafeMutableBufferPointer(
            rebasing: new[(row * stride)...][..<((row + 1) * stride)])
          kernel.resampleRow(
            UnsafeBufferPointer(rebasing: old[(window.first * stride)...]), window, into: target)
        }
      }
      count = stride * height
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }
}

extension ResamplingKernel {
  /// Resamples one row of three channels.
  fileprivate func resampleRGB(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let source = source.baseAddress, var new = target.baseAddress else { return }
    weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      for window in windows {
        var (red, green, blue) = (Self.half, Self.half, Self.half)
        var old = source + window.first * 3
        let weights = weights + window.weights
        for k in 0..<window.count {
          let weight = weights[k]
          red &+= Int32(old[0]) &* weight
          green &+= Int32(old[1]) &* weight
          blue &+= Int32(old[2]) &* weight
          old += 3
        }
        new[0] = Self.sample(red)
        new[1] = Self.sample(green)
        new[2] = Self.sample(blue)
        new += 3
      }
    }
  }

  /// Resamples one row of one channel.
  fileprivate func resampleGrey(
    _ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let source = source.baseAddress, let new = target.baseAddress else { return }
    weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      for (i, window) in windows.enumerated() {
        var sum = Self.half
        let old = source + window.first
        let weights = weights + window.weights
        for k in 0..<window.count { sum &+= Int32(old[k]) &* weights[k] }
        new[i] = Self.sample(sum)
      }
    }
  }

  /// Makes one row from several; `target.count` is the length of each.
  fileprivate func resampleRow(
    _ source: UnsafeBufferPointer<UInt8>, _ window: Window,
    into target: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let source = source.baseAddress, let new = target.baseAddress else { return }
    let stride = target.count
    weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress.map({ $0 + window.weights }) else { return }
      var i = 0
      // As many sums as fit the vector registers stay there for the whole window.
      while i + 16 <= stride {
        var sums = SIMD16<Int32>(repeating: Self.half)
        for k in 0..<window.count {
          let old = UnsafeRawPointer(source + k * stride + i)
            .loadUnaligned(as: SIMD16<UInt8>.self)
          sums &+= SIMD16<Int32>(truncatingIfNeeded: old) &* weights[k]
        }
        let samples = (sums &>> Self.precision).clamped(
          lowerBound: .zero, upperBound: SIMD16(repeating: 255))
        UnsafeMutableRawPointer(new + i)
          .storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: samples), as: SIMD16<UInt8>.self)
        i += 16
      }
      for i in i..<stride {
        var sum = Self.half
        for k in 0..<window.count { sum &+= Int32(source[k * stride + i]) &* weights[k] }
        new[i] = Self.sample(sum)
      }
    }
  }
}

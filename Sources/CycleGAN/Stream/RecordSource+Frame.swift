extension RecordSource {
  /// Reads what follows a frame's header.
  func frame(
    _ element: NPY.Element, width: Int, height: Int, _ channels: Int
  ) throws(StreamError) -> Frame {
    guard channels == 1 || channels == 3 else {
      let hint = element == .uint8 ? "(height, width, channels)" : "(channels, height, width)"
      throw unsupported("a frame of \(channels) channels; \(hint) has 1 or 3")
    }
    guard width > 0 && height > 0 else { throw damaged("a frame of \(width) x \(height) pixels") }
    guard width <= limits.maximumSide && height <= limits.maximumSide else {
      throw .tooLarge(
        position,
        reason: "a frame of \(width) x \(height) pixels; the limit is \(limits.maximumSide) "
          + "per side", limit: .side)
    }
    guard width * height <= limits.maximumPixels else {
      throw .tooLarge(
        position,
        reason: "a frame of \(width) x \(height) pixels; the limit is \(limits.maximumPixels)",
        limit: .pixels)
    }
    let samples = try samples(element, width * height * channels)
    return Frame(width: width, height: height, channels: channels, samples: samples)
  }

  private func samples(
    _ element: NPY.Element, _ count: Int
  ) throws(StreamError) -> Frame.Samples {
    switch element {
    case .uint8: return .levels(try array(count))
    case .float32:
      let values: [Float] = try array(count)
      if let index = values.firstNonfinite {
        throw damaged("the frame's value at index \(index) is \(values[index])")
      }
      return .values(values)
    }
  }

  /// Reads samples straight to where they stay.
  private func array<Sample: BitwiseCopyable>(_ count: Int) throws(StreamError) -> [Sample] {
    var failure: StreamError?
    let array = [Sample](unsafeUninitializedCapacity: count) { memory, filled in
      let memory = UnsafeMutableRawBufferPointer(
        UnsafeMutableBufferPointer(rebasing: memory[..<count]))
      do throws(StreamError) {
        if try read(into: memory) < memory.count { failure = truncated("it stops in a frame") }
      } catch {
        failure = error
      }
      filled = failure == nil ? count : 0
    }
    if let failure { throw failure }
    return array
  }
}

extension [Float] {
  /// The first value that is NaN or infinite.
  fileprivate var firstNonfinite: Int? {
    // Without a branch inside, so that many values are looked at together.
    let hasOne = reduce(false) { $0 || !$1.isFinite }
    return hasOne ? firstIndex { !$0.isFinite } : nil
  }
}

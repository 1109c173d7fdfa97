extension Frame {
  /// Spreads grey over three channels, or turns colour into grey.
  ///
  /// - Parameter count: 1 or 3.
  /// - Returns: A frame of the same kind and size. Grey is Rec. 601 luma: for levels as Pillow's
  ///   `convert("L")` rounds it.
  public func withChannels(_ count: Int) -> Frame {
    guard count != channels else { return self }
    let plane = width * height
    let changed: Samples =
      switch samples {
      case .levels(let levels):
        .levels(count == 3 ? levels.flatMap { [$0, $0, $0] } : Frame.grey(levels, plane))
      case .values(let values):
        .values(count == 3 ? values + values + values : Frame.grey(values, plane))
      }
    return Frame(width: width, height: height, channels: count, samples: changed)
  }

  private static func grey(_ levels: [UInt8], _ plane: Int) -> [UInt8] {
    (0..<plane).map { i in
      let (r, g, b) = (Int(levels[3 * i]), Int(levels[3 * i + 1]), Int(levels[3 * i + 2]))
      return UInt8((19595 * r + 38470 * g + 7471 * b + 32768) >> 16)
    }
  }

  private static func grey(_ values: [Float], _ plane: Int) -> [Float] {
    (0..<plane).map { i in
      0.299 * values[i] + 0.587 * values[plane + i] + 0.114 * values[2 * plane + i]
    }
  }
}

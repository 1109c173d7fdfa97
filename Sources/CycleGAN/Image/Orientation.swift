/// How a picture has to be turned to stand upright; the numbers are those of EXIF.
///
/// Source: EXIF 2.32 (CIPA DC-008), tag 0x0112.
enum Orientation: UInt16, CaseIterable {
  case upright = 1
  case mirrored = 2
  case upsideDown = 3
  case mirroredUpsideDown = 4
  case transposed = 5
  case turnedLeft = 6
  case transversed = 7
  case turnedRight = 8

  /// Whether width and height change places.
  var swapsSides: Bool { rawValue >= 5 }

  /// Whether the columns of the upright picture run against the side that they lie on.
  var mirrorsColumns: Bool { [.mirrored, .upsideDown, .turnedLeft, .transversed].contains(self) }

  /// Whether the rows of the upright picture run against the side that they lie on.
  var mirrorsRows: Bool {
    [.upsideDown, .mirroredUpsideDown, .transversed, .turnedRight].contains(self)
  }

  /// The size of the upright picture by that of the lying one, and the other way round.
  func swappingSides(_ size: (width: Int, height: Int)) -> (width: Int, height: Int) {
    swapsSides ? (size.height, size.width) : size
  }
}

extension Image {
  /// Turns a picture upright.
  ///
  /// - Parameter orientation: How it lies.
  /// - Returns: The upright picture; of the orientations 5 to 8 width and height change places.
  func turned(_ orientation: Orientation) -> Image {
    guard orientation != .upright else { return self }
    let walk = Walk(orientation, width: width, height: height, channels: channels)
    let (columns, rows) = orientation.swappingSides((width, height))
    let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, count in
      count = pixels.count
      pixels.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, var target = target.baseAddress else { return }
        for row in 0..<rows {
          var start = source + walk.start + row * walk.perRow
          for _ in 0..<columns {
            target.update(from: start, count: channels)
            target += channels
            start += walk.perColumn
          }
        }
      }
    }
    return Image(width: columns, height: rows, channels: channels, pixels: turned)
  }

  /// Where an upright picture's samples lie in the picture as it is stored.
  private struct Walk {
    let start: Int
    let perColumn: Int
    let perRow: Int

    init(_ orientation: Orientation, width: Int, height: Int, channels: Int) {
      let (right, down) = (channels, channels * width)
      let (columns, rows) = orientation.swappingSides((width, height))
      let (across, along) = orientation.swapsSides ? (down, right) : (right, down)
      perColumn = orientation.mirrorsColumns ? -across : across
      perRow = orientation.mirrorsRows ? -along : along
      start = max(0, -perColumn * (columns - 1)) + max(0, -perRow * (rows - 1))
    }
  }
}

/// How an image is stored; the numbers are those of EXIF.
///
/// Source: EXIF 2.32 (CIPA DC-008) and TIFF 6.0, tag 0x0112.
enum Orientation: UInt16, CaseIterable {
  case upright = 1
  /// Left and right are exchanged.
  case mirrored = 2
  case rotated180 = 3
  /// Top and bottom are exchanged.
  case mirroredVertically = 4
  /// Rows are columns.
  case transposed = 5
  /// Upright after a rotation by 90 degrees clockwise.
  case rotated90 = 6
  /// Rows are columns, and both run backward.
  case transverse = 7
  /// Upright after a rotation by 270 degrees clockwise.
  case rotated270 = 8

  /// Whether width and height are exchanged.
  var swapsSides: Bool { rawValue >= 5 }

  /// Whether the upright image's columns are stored backward.
  var mirrorsColumns: Bool { [.mirrored, .rotated180, .rotated90, .transverse].contains(self) }

  /// Whether the upright image's rows are stored backward.
  var mirrorsRows: Bool {
    [.rotated180, .mirroredVertically, .transverse, .rotated270].contains(self)
  }

  /// The size of the upright image by that of the stored one, and the other way round.
  func swappingSides(_ size: (width: Int, height: Int)) -> (width: Int, height: Int) {
    swapsSides ? (size.height, size.width) : size
  }
}

extension Image {
  /// Makes an image upright.
  ///
  /// - Parameter orientation: How it is stored.
  /// - Returns: The upright image; orientations 5 to 8 exchange width and height.
  /// - Throws: `OutOfMemory`.
  func oriented(_ orientation: Orientation) throws(OutOfMemory) -> Image {
    guard orientation != .upright else { return self }
    let steps = Steps(orientation, width: width, height: height, channels: channels)
    let (columns, rows) = orientation.swappingSides((width, height))
    let upright = try Buffer<UInt8>(count: pixels.count) { target in
      pixels.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress, var target = target.baseAddress else { return }
        for row in 0..<rows {
          var start = source + steps.start + row * steps.perRow
          for _ in 0..<columns {
            target.update(from: start, count: channels)
            target += channels
            start += steps.perColumn
          }
        }
      }
    }
    return Image(width: columns, height: rows, channels: channels, pixels: upright)
  }

  /// The offsets of an upright image's samples in the stored image.
  private struct Steps {
    let start: Int
    let perColumn: Int
    let perRow: Int

    init(_ orientation: Orientation, width: Int, height: Int, channels: Int) {
      let (pixel, line) = (channels, channels * width)
      let (columns, rows) = orientation.swappingSides((width, height))
      let (column, row) = orientation.swapsSides ? (line, pixel) : (pixel, line)
      perColumn = orientation.mirrorsColumns ? -column : column
      perRow = orientation.mirrorsRows ? -row : row
      start = max(0, -perColumn * (columns - 1)) + max(0, -perRow * (rows - 1))
    }
  }
}

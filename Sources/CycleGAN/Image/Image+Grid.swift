extension Image {
  /// Lays images out in a grid on white.
  ///
  /// - Parameter rows: Colour images, at least one a row; each row as high as its highest.
  /// - Precondition: All images have three channels.
  public init(rows: [[Image]]) {
    let gap = 2
    let width = rows.map { $0.reduce(-gap) { $0 + $1.width + gap } }.max() ?? 1
    let heights = rows.map { $0.map(\.height).max() ?? 1 }
    let height = heights.reduce(-gap) { $0 + $1 + gap }
    var pixels = [UInt8](repeating: 255, count: width * height * 3)
    var top = 0
    for (row, rowHeight) in zip(rows, heights) {
      var left = 0
      for image in row {
        for y in 0..<image.height {
          let from = y * image.width * 3, to = ((top + y) * width + left) * 3
          pixels.replaceSubrange(
            to..<to + image.width * 3, with: image.pixels[from..<from + image.width * 3])
        }
        left += image.width + gap
      }
      top += rowHeight + gap
    }
    self.init(width: width, height: height, channels: 3, pixels: pixels)
  }
}

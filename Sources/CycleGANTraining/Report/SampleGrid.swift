import CycleGAN

/// The same two images at every checkpoint: real, translated, and back.
struct SampleGrid {
  private let realA: Frame
  private let realB: Frame

  init(realA: Frame, realB: Frame) {
    self.realA = realA
    self.realB = realB
  }

  /// Draws A, B' and A'' above B, A' and B''.
  ///
  /// - Parameter model: Both generators.
  /// - Returns: Two rows of three pictures.
  /// - Throws: `TorchError` if the device is out of memory.
  func image(_ model: CycleGANModel) throws(TorchError) -> Image {
    let fakeB = try model.translate(realA, with: .generatorAB)
    let cycledA = try model.translate(fakeB, with: .generatorBA)
    let fakeA = try model.translate(realB, with: .generatorBA)
    let cycledB = try model.translate(fakeA, with: .generatorAB)
    return Image(
      rows: [[realA, fakeB, cycledA], [realB, fakeA, cycledB]].map { row in
        row.map { Image($0.withChannels(3)) }
      })
  }
}

extension Image {
  /// Lays images out in a grid on white.
  ///
  /// - Parameter rows: Colour images, at least one a row; each row as high as its highest.
  fileprivate init(rows: [[Image]]) {
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

import CCodecs
import Testing

@testable import CycleGAN

@Suite struct ImageResizingTests {
  /// This processor's instructions, and those of the others.
  @Test(arguments: [false, true])
  func `every image resized is Pillow's, bit for bit`(portably: Bool) throws {
    cc_resample_portably(portably)
    defer { cc_resample_portably(false) }
    let lines = try Fixtures.table("parity/resize.tsv")
    #expect(lines.count == 63)
    for line in lines {
      let numbers = try line.map { try #require(Int($0)) }
      let image = Image.noise(width: numbers[0], height: numbers[1], channels: numbers[2])
      for (order, sum) in zip([.horizontalFirst, .shrinkingHeightFirst] as [ResizingOrder], 5...) {
        let resized = try image.resized(width: numbers[3], height: numbers[4], order: order)
        #expect((resized.width, resized.height) == (numbers[3], numbers[4]))
        #expect(Int(crc32(resized.pixels)) == numbers[sum], "\(order) \(line)")
      }
    }
  }

  @Test func `one color stays that color`() throws {
    for sample in [0, 1, 127, 254, 255] as [UInt8] {
      let image = Image(
        width: 20, height: 30, channels: 1, pixels: [UInt8](repeating: sample, count: 600))
      #expect(try image.resized(width: 7, height: 71).pixels.allSatisfy { $0 == sample })
    }
  }

  @Test(arguments: Orientation.allCases, [1, 3, 16, 90])
  func `an image that comes in strips, however it is stored, is resized as the upright whole`(
    orientation: Orientation, rows: Int
  ) throws {
    for (width, height) in [(33, 90), (70, 21), (40, 24)] {
      for (newWidth, newHeight) in [(20, 17), (5, 40), (100, 3), (33, 90), (40, 5)] {
        let stored = Image.noise(width: width, height: height, channels: 3)
        let resizing = Resizing(width: newWidth, height: newHeight)
        var resizer = try StripResizer(
          width: width, height: height, channels: 3, orientation: orientation, to: resizing)
        for row in stride(from: 0, to: height, by: rows) {
          let end = min(height, row + rows)
          try stored.pixels[(row * width * 3)..<(end * width * 3)].withUnsafeBufferPointer {
            rows throws(OutOfMemory) in try resizer.add(rows)
          }
        }
        let upright = try stored.oriented(orientation)
        #expect(try resizer.finished().oriented(orientation) == upright.resized(to: resizing))
      }
    }
  }

  @Test func `the same size is the same image`() throws {
    let image = Image.noise(width: 9, height: 5, channels: 3)
    #expect(try image.resized(width: 9, height: 5) == image)
  }
}

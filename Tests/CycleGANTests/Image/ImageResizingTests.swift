import CycleGAN
import Testing

@Suite struct ImageResizingTests {
  @Test func `every picture resized is Pillow's, bit for bit`() throws {
    let lines = try Fixtures.table("parity/resize.tsv")
    #expect(lines.count == 63)
    for line in lines {
      let numbers = try line.map { try #require(Int($0)) }
      let picture = Image.noise(width: numbers[0], height: numbers[1], channels: numbers[2])
      for (order, sum) in zip([.acrossFirst, .shrinkingHeightFirst] as [ResizingOrder], 5...) {
        let resized = picture.resized(width: numbers[3], height: numbers[4], order: order)
        #expect((resized.width, resized.height) == (numbers[3], numbers[4]))
        #expect(Int(crc32(resized.pixels)) == numbers[sum], "\(order) \(line)")
      }
    }
  }

  @Test func `one colour stays that colour`() {
    for level in [0, 1, 127, 254, 255] as [UInt8] {
      let picture = Image(
        width: 20, height: 30, channels: 1, pixels: [UInt8](repeating: level, count: 600))
      #expect(picture.resized(width: 7, height: 71).pixels.allSatisfy { $0 == level })
    }
  }

  @Test func `the same size is the same picture`() {
    let picture = Image.noise(width: 9, height: 5, channels: 3)
    #expect(picture.resized(width: 9, height: 5) == picture)
  }
}

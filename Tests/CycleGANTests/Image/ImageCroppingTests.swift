import CycleGAN
import Testing

@Suite struct ImageCroppingTests {
  let image = Image(width: 3, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6])

  @Test func `a crop is the part inside`() throws {
    #expect(try image.cropped(x: 1, y: 0, width: 2, height: 2).pixels == [2, 3, 5, 6])
    #expect(try image.cropped(x: 0, y: 1, width: 1, height: 1).pixels == [4])
    #expect(try image.cropped(x: 0, y: 0, width: 3, height: 2) == image)
    let colors = try image.rgb().cropped(x: 2, y: 0, width: 1, height: 2)
    #expect(colors.pixels == [3, 3, 3, 6, 6, 6])
  }

  @Test func `a flip mirrors left and right, twice is none`() throws {
    #expect(try image.flipped().pixels == [3, 2, 1, 6, 5, 4])
    let noise = Image.noise(width: 7, height: 3, channels: 3)
    #expect(try noise.flipped().flipped() == noise)
    #expect(
      try noise.flipped().cropped(x: 6, y: 0, width: 1, height: 3)
        == noise.cropped(x: 0, y: 0, width: 1, height: 3))
  }

  @Test func `gray has Pillow's weights`() throws {
    let colors: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 1, 2, 3]
    let gray = try Image(width: 5, height: 1, channels: 3, pixels: colors).gray()
    #expect(gray.pixels == [76, 150, 29, 255, 2])
  }

  @Test func `gray to color and back is the same`() throws {
    #expect(try image.rgb().gray() == image)
  }
}

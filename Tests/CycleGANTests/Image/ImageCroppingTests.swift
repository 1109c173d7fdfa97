import CycleGAN
import Testing

@Suite struct ImageCroppingTests {
  let picture = Image(width: 3, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6])

  @Test func `a crop is the part inside`() {
    #expect(picture.cropped(x: 1, y: 0, width: 2, height: 2).pixels == [2, 3, 5, 6])
    #expect(picture.cropped(x: 0, y: 1, width: 1, height: 1).pixels == [4])
    #expect(picture.cropped(x: 0, y: 0, width: 3, height: 2) == picture)
    let colours = picture.rgb().cropped(x: 2, y: 0, width: 1, height: 2)
    #expect(colours.pixels == [3, 3, 3, 6, 6, 6])
  }

  @Test func `a flip mirrors left and right, twice is none`() {
    #expect(picture.flipped().pixels == [3, 2, 1, 6, 5, 4])
    let noise = Image.noise(width: 7, height: 3, channels: 3)
    #expect(noise.flipped().flipped() == noise)
    #expect(
      noise.flipped().cropped(x: 6, y: 0, width: 1, height: 3)
        == noise.cropped(x: 0, y: 0, width: 1, height: 3))
  }

  @Test func `grey has Pillow's weights`() {
    let colours: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 1, 2, 3]
    let grey = Image(width: 5, height: 1, channels: 3, pixels: colours).gray()
    #expect(grey.pixels == [76, 150, 29, 255, 2])
  }

  @Test func `grey to colour and back is the same`() {
    #expect(picture.rgb().gray() == picture)
  }
}

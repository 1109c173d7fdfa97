import CycleGAN
import Foundation
import Testing

@Suite struct ImageEncodingTests {
  static let sizes = [(1, 1), (1, 200), (37, 5), (64, 48)]

  @Test(arguments: sizes, [ImageFormat.png, .ppm, .webp])
  func `lossless formats keep every pixel`(size: (Int, Int), format: ImageFormat) throws {
    for channels in [1, 3] {
      let image = Image.scene(width: size.0, height: size.1, channels: channels)
      let bytes = try image.encoded(as: format, options: EncodingOptions(lossless: true))
      let decoded = try Image.decoded(bytes)
      #expect(decoded.format == format)
      #expect(decoded.warnings.isEmpty)
      let samples = channels == 3 ? image.pixels : Buffer(image.pixels.flatMap { [$0, $0, $0] })
      #expect(decoded.image.pixels == samples)
    }
  }

  /// Observed: JPEG 48.9 dB, WebP, whose colors are halved, 43.8 dB.
  @Test(arguments: [(ImageFormat.jpeg, 45.0), (.webp, 36.0)])
  func `lossy formats stay close`(format: ImageFormat, floor: Double) throws {
    let pixels = (0..<(96 * 64 * 3)).map { i in
      let (x, y) = (Double(i / 3 % 96), Double(i / 3 / 96))
      return UInt8(128 + 100 * sin(x / 15 + Double(i % 3)) * cos(y / 11))
    }
    let image = Image(width: 96, height: 64, channels: 3, pixels: pixels)
    let decoded = try Image(decoding: try image.encoded(as: format))
    let squares = zip(pixels, decoded.pixels).map { pow(Double($0) - Double($1), 2) }
    let psnr = 10 * log10(255 * 255 * Double(squares.count) / squares.reduce(0, +))
    #expect(psnr > floor, "\(psnr) dB")
  }

  @Test func `a gray image is written as one channel`() throws {
    let image = Image.scene(width: 3, height: 2, channels: 1)
    #expect(try image.encoded(as: .ppm).starts(with: Array("P5\n3 2\n255\n".utf8)))
    #expect(try image.encoded(as: .png)[25] == 0)
    let decoded = try Image(decoding: try image.encoded(as: .jpeg))
    #expect(decoded.channels == 3)
  }

  @Test func `JPEG keeps the resolution of colors`() throws {
    let bytes = try Image.scene(width: 32, height: 32).encoded(as: .jpeg)
    let frame = try #require(
      bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xC0]) })
    #expect([11, 14, 17].map { bytes[frame + $0] } == [0x11, 0x11, 0x11])
  }

  @Test func `an image too large for a format is refused with a way out`() throws {
    let image = Image.scene(width: 16384, height: 1)
    let error = #expect(throws: CodecError.self) { try image.encoded(as: .webp) }
    #expect(
      error?.description
        == "cannot be written as WebP: 16384 x 1 pixels; it holds 16383 per side, PNG holds more")
    #expect(throws: CodecError.self) {
      try image.encoded(as: .jpeg, options: EncodingOptions(quality: 0))
    }
  }

  @Test func `every format is known by its usual extension`() {
    for format in ImageFormat.allCases {
      #expect(ImageFormat(fileExtension: format.fileExtension) == format)
      #expect(ImageFormat(fileExtension: format.fileExtension.uppercased()) == format)
    }
    #expect(ImageFormat(fileExtension: "npy") == nil)
  }
}

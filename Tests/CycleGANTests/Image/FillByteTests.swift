import CycleGAN
import Testing

@Suite struct FillByteTests {
  /// More than libjpeg gets at once, so that pieces meet inside the fill bytes and inside a segment.
  @Test(
    arguments: [1, 65_533, 65_534, 65_535, 200_000],
    ["jpeg-baseline.jpg", "jpeg-exif-orientation-6.jpg"])
  func `any number of fill bytes before a marker changes nothing`(
    count: Int, name: String
  ) throws {
    let bytes = try ImageFixture(name).bytes
    let filled = bytes[..<2] + [UInt8](repeating: 0xFF, count: count) + bytes[2...]
    let decoded = try Image.decoded(Array(filled))
    #expect(decoded.image == (try Image(decoding: bytes)))
    #expect(decoded.warnings.isEmpty)
  }

  @Test func `a segment longer than a piece is skipped whole`() throws {
    let bytes = try ImageFixture("jpeg-baseline.jpg").bytes
    let segment = [0xFF, 0xEB, 0xFF, 0xFF] + [UInt8](repeating: 0xD9, count: 65_533)
    let decoded = try Image.decoded(bytes[..<2] + segment + segment + segment + bytes[2...])
    #expect(decoded.image == (try Image(decoding: bytes)))
  }
}

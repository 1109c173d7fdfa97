@testable import CycleGAN
import Testing

/// Faults that cost no pixels: named, and refused only where warnings are.
@Suite struct HarmlessFaultTests {
  private func chunk(_ type: [UInt8], _ content: [UInt8], isRight: Bool) -> [UInt8] {
    var chunk: [UInt8] = []
    chunk.append(UInt32(content.count), .bigEndian)
    chunk += type + content
    chunk.append(crc32(type + content) ^ (isRight ? 0 : 1), .bigEndian)
    return chunk
  }

  /// Puts a chunk behind IHDR or before IEND.
  private func png(with chunk: [UInt8], atEnd: Bool) throws -> [UInt8] {
    let bytes = try ImageFixture("png-rgb.png").bytes
    let position = atEnd ? bytes.count - 12 : 8 + 25
    return bytes[..<position] + chunk + bytes[position...]
  }

  private func expectWarning(_ bytes: [UInt8], like name: String, _ words: String) throws {
    let expected = try Image(decoding: try ImageFixture(name).bytes)
    let decoded = try Image.decoded(bytes)
    #expect(decoded.image == expected)
    #expect(decoded.warnings.contains { $0.contains(words) }, "\(decoded.warnings)")
    var options = DecodingOptions()
    options.failOn = .warning
    #expect(throws: CodecError.self) { try Image.decoded(bytes, options: options) }
  }

  @Test(
    arguments: [
      "tEXt", "zTXt", "iTXt", "tIME", "gAMA", "cHRM", "iCCP", "pHYs", "sRGB", "sBIT", "bKGD",
      "eXIf", "hIST", "sPLT",
    ], [false, true])
  func `a wrong checksum of a chunk without pixels is a warning`(
    type: String, atEnd: Bool
  ) throws {
    let chunk = chunk(Array(type.utf8), [1, 2, 3], isRight: false)
    try expectWarning(
      try png(with: chunk, atEnd: atEnd), like: "png-rgb.png", "the chunk \(type) is wrong")
  }

  @Test(
    arguments: [Array("tE1t".utf8), [0x78, 0, 0x79, 0x7A], [0xE9, 0x41, 0x42, 0x43]],
    [false, true])
  func `an ancillary chunk with an odd name is a warning`(type: [UInt8], atEnd: Bool) throws {
    let chunk = chunk(type, [1, 2, 3], isRight: true)
    try expectWarning(try png(with: chunk, atEnd: atEnd), like: "png-rgb.png", "odd name")
  }

  @Test(arguments: ["prVt", "abcD", "teSt"])
  func `an ancillary chunk that nobody knows is no fault`(type: String) throws {
    let chunk = chunk(Array(type.utf8), [1, 2, 3], isRight: true)
    #expect(try Image.decoded(try png(with: chunk, atEnd: false)).warnings.isEmpty)
  }

  @Test(arguments: ["tRNS", "xRNS", "pLTE", "iDAT"])
  func `a wrong checksum of what may have been pixels is damage`(type: String) throws {
    let bytes = try png(
      with: chunk(Array(type.utf8), [0, 2, 0, 3, 0, 4], isRight: false), atEnd: false)
    #expect(throws: CodecError.self) { try Image.decoded(bytes) }
  }

  @Test func `a wrong checksum of pixels is damage`() throws {
    var bytes = try ImageFixture("png-rgb.png").bytes
    bytes[bytes.count - 13] ^= 1
    #expect(throws: CodecError.self) { try Image.decoded(bytes) }
  }

  /// Panoramas of Samsung phones have no end marker, but data of their own; markers in it are chance.
  @Test(arguments: [
    [], [0xFF, 0x19], [0xFF, 0xDA, 0, 8, 1, 2, 3, 4, 5, 6], [0xFF, 0xCE, 0, 17, 8, 0, 0],
    [0xFF, 0xD8], [0xFF, 0xC4, 0, 4, 9, 9], [0xFF, 0xD9],
  ])
  func `what a phone puts behind the last row costs no pixels`(markers: [UInt8]) throws {
    let bytes = try ImageFixture("jpeg-baseline.jpg").bytes.dropLast(2)
    let own =
      [0, 0] + markers + Array("QDIOBS panorama data SEFH".utf8) + [1, 2, 3] + Array("SEFT".utf8)
    let decoded = try Image.decoded(bytes + own)
    #expect(decoded.image == (try Image(decoding: bytes + [0xFF, 0xD9])))
    #expect(!decoded.warnings.isEmpty)
    var options = DecodingOptions()
    options.failOn = .warning
    #expect(throws: CodecError.self) { try Image.decoded(bytes + own, options: options) }
  }
}

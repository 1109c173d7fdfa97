import CycleGAN
import Testing

@Suite struct PNMTests {
  static let black: [UInt8] = [0, 0, 0]
  static let white: [UInt8] = [255, 255, 255]
  static let blackWhite: [UInt8] = black + white
  static let whiteBlack: [UInt8] = white + black

  static let legal: [(String, [UInt8])] = [
    ("P1\n2 1\n1 0\n", blackWhite),
    ("P1 # bits need no blanks\n2 2 1001", blackWhite + whiteBlack),
    ("P2\n#a comment\n2 1 #another\n10\n0 # and one\n10\n", blackWhite),
    ("P2 1 1 3 1\n", [85, 85, 85]),
    ("P3\n1 2\n65535\n65535 0 257\n0 32768 65535\n", [255, 0, 1, 0, 128, 255]),
    ("P5 2 1 1\n\u{0}\u{1}", blackWhite),
    ("P6 1 1 127#comment\nAAA", [131, 131, 131]),
    ("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n\u{1}", white),
    ("P7\n# note\nHEIGHT 1\nWIDTH 1\nDEPTH 3\nMAXVAL 127\nENDHDR\nAAA", [131, 131, 131]),
    (
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 2\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n\u{0}\u{1}",
      [127, 127, 127]
    ),
    (
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 1\nTUPLTYPE RGB_ALPHA\nENDHDR\n\u{1}\u{0}\u{0}\u{1}",
      [255, 0, 0]
    ),
  ]

  @Test(arguments: legal)
  func `headers, comments and maximum values are read as Netpbm does`(
    text: String, pixels: [UInt8]
  ) throws {
    #expect(try Image.decoded(Array(text.utf8)).image.pixels == pixels)
  }

  @Test func `rows of a P4 start a byte each`() throws {
    let bytes = Array("P4\n9 2\n".utf8) + [0xFF, 0x80, 0x00, 0x00]
    let image = try Image(decoding: bytes)
    #expect(image.pixels == [UInt8](repeating: 0, count: 27) + [UInt8](repeating: 255, count: 27))
  }

  @Test func `16-bit samples have the high byte first`() throws {
    let bytes = Array("P5 2 1 65535\n".utf8) + [0x80, 0x00, 0x00, 0xFF]
    #expect(try Image(decoding: bytes).pixels == [128, 128, 128, 1, 1, 1])
  }

  @Test(arguments: [true, false])
  func `a PFM has floats of either order, from the bottom row up, clamped`(isLittle: Bool) throws {
    let values: [Float] = [0, 0.5, 1, -1, 2, .nan]
    let words = values.map { isLittle ? $0.bitPattern.littleEndian : $0.bitPattern.bigEndian }
    let samples = words.flatMap { word in withUnsafeBytes(of: word) { Array($0) } }
    let bytes = Array("PF\n1 2\n\(isLittle ? -1 : 1).0\n".utf8) + samples
    #expect(try Image(decoding: bytes).pixels == [0, 255, 0, 0, 128, 255])
  }

  @Test func `concatenated images come one after the other`() throws {
    let first = Image.scene(width: 5, height: 3)
    let second = Image.scene(width: 2, height: 4, channels: 1)
    let bytes =
      try Array(first.encoded(as: .ppm)) + second.encoded(as: .ppm) + Array("P1 1 1 1\n\n".utf8)
    var sequence = ImageSequence(bytes)
    #expect(try sequence.next()?.image == first)
    #expect(try sequence.next()?.image.height == 4)
    #expect(try sequence.next()?.image.pixels == Buffer(Self.black))
    #expect(try sequence.next() == nil)
    #expect(try Image.decoded(bytes).warnings.count == 1)
  }

  @Test func `rubbish after an image ends the sequence with an error`() throws {
    var sequence = ImageSequence(Array("P5 1 1 255\nAxyz".utf8))
    #expect(try sequence.next() != nil)
    let error = #expect(throws: CodecError.self) { try sequence.next() }
    #expect(error?.isUnrecognized == true)
    #expect(try sequence.next() == nil)
  }

  @Test(arguments: [
    "P5", "P5\n", "P5 1", "P5 0 1 255 x", "P5 -1 1 255\nx", "P5 1 1 0\nx", "P5 1 1 65536\nxx",
    "P5 1 1 255", "P5 1 1 255\n", "P6 1 1 255\nxx", "P2 2 1 255\n7", "P2 1 1 9\nx\n",
    "P2 1 1 9\n10\n", "P5 1 1 9\nx", "P3 30000 3000 255\n1 2 3", "P1 2 1\n2 0",
    "P5 99999999999999999999 1 255\nx", "P7\nWIDTH 1\nENDHDR\nx", "PF\n1 1\n0\nxxxx",
    "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\nxxx",
    "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\nxxxxx",
    "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\nx",
  ])
  func `nonsense is refused`(text: String) {
    #expect(throws: CodecError.self) { try Image(decoding: Array(text.utf8)) }
  }

  @Test(arguments: [
    "P1\n3 2\n1 0 1 0 1 0", "P2\n2 1 10\n5 6", "P4 9 2\n\u{1}\u{1}\u{1}\u{1}", "P6 2 1 255\nabcdef",
    "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\nx", "Pf 1 1 -1\nabcd",
  ])
  func `a file cut anywhere is refused`(text: String) throws {
    let bytes = Array(text.utf8)
    _ = try Image(decoding: bytes)
    for count in bytes.indices {
      #expect(throws: CodecError.self, "\(count) bytes") {
        try Image(decoding: Array(bytes.prefix(count)))
      }
    }
  }

  @Test func `a short file is delivered gray where damage is borne`() throws {
    var options = DecodingOptions()
    options.failOn = .none
    let decoded = try Image.decoded(Array("P5 3 1 255\nA".utf8), options: options)
    #expect(decoded.image.pixels == [65, 65, 65, 128, 128, 128, 128, 128, 128])
    #expect(decoded.warnings == ["2 samples are missing"])
  }
}

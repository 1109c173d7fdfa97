/// What a Netpbm header says about the samples that follow.
struct PNMHeader {
  /// How samples are stored.
  enum Coding {
    case plainBits, plain, rawBits, raw, littleFloats, bigFloats
  }

  /// How samples are stored.
  var coding = Coding.raw
  /// Columns, px.
  var width = 0
  /// Rows, px.
  var height = 0
  /// Samples of a pixel: grey, grey and alpha, RGB, RGB and alpha.
  var depth = 1
  /// What stands for white.
  var maximum = 255

  private static let sides = 1...Int(Int32.max)

  /// The least number of bytes that the samples can take; `Int.max` where nobody could have them.
  var leastBytes: Int {
    let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
    guard !overflows, pixels < Int.max / 32 else { return .max }
    let samples = pixels * depth
    return switch coding {
    case .plainBits: samples
    case .plain: 2 * samples - 1
    case .rawBits: (width + 7) / 8 * height
    case .raw: maximum > 255 ? 2 * samples : samples
    case .littleFloats, .bigFloats: 4 * samples
    }
  }

  /// Whether samples are written as text, whose length only reading tells.
  var isPlain: Bool { coding == .plain || coding == .plainBits }

  /// Reads a header.
  ///
  /// - Parameter scanner: At the `P`; behind, it stands at the first sample.
  /// - Throws: `CodecError` if the header makes no sense.
  ///
  /// Source: Netpbm's manual, pbm(5), pgm(5), ppm(5), pam(5), pfm(5).
  init(_ scanner: inout PNMScanner) throws(CodecError) {
    let kind = try scanner.word()
    switch kind {
    case "P7": try readPAM(&scanner)
    case "PF", "Pf": try readPFM(&scanner, depth: kind == "PF" ? 3 : 1)
    default: try readPNM(&scanner, kind: kind)
    }
  }

  private mutating func readPNM(_ scanner: inout PNMScanner, kind: String) throws(CodecError) {
    switch kind {
    case "P1": coding = .plainBits
    case "P2", "P3": coding = .plain
    case "P4": coding = .rawBits
    case "P5", "P6": coding = .raw
    default: throw .damaged(.ppm, reason: "the file starts with none of P1 to P7, PF, Pf")
    }
    depth = kind == "P3" || kind == "P6" ? 3 : 1
    width = try scanner.number("width", in: Self.sides)
    height = try scanner.number("height", in: Self.sides)
    let isBits = coding == .plainBits || coding == .rawBits
    maximum = isBits ? 1 : try scanner.number("maximum value", in: 1...65535)
    scanner.skipDelimiter()
  }

  /// The scale's sign is the order of bytes; its size is a unit that pictures do not need.
  private mutating func readPFM(_ scanner: inout PNMScanner, depth: Int) throws(CodecError) {
    self.depth = depth
    width = try scanner.number("width", in: Self.sides)
    height = try scanner.number("height", in: Self.sides)
    guard let scale = Double(try scanner.word()), scale.isFinite, scale != 0 else {
      throw .damaged(.ppm, reason: "the scale is not a number other than 0")
    }
    coding = scale < 0 ? .littleFloats : .bigFloats
    scanner.skipDelimiter()
  }

  private mutating func readPAM(_ scanner: inout PNMScanner) throws(CodecError) {
    var (depth, maximum, type) = (0, 0, "")
    reading: while true {
      let word = try scanner.word()
      switch word {
      case "WIDTH": width = try scanner.number("width", in: Self.sides)
      case "HEIGHT": height = try scanner.number("height", in: Self.sides)
      case "DEPTH": depth = try scanner.number("depth", in: 1...65535)
      case "MAXVAL": maximum = try scanner.number("maximum value", in: 1...65535)
      case "TUPLTYPE": type = try scanner.word()
      case "ENDHDR": break reading
      default: throw .damaged(.ppm, reason: "the header has an unknown word")
      }
    }
    scanner.skipLine()
    guard width > 0, height > 0, depth > 0, maximum > 0 else {
      throw .damaged(.ppm, reason: "WIDTH, HEIGHT, DEPTH or MAXVAL is missing")
    }
    try check(type: type, depth: depth)
    (self.depth, self.maximum) = (depth, maximum)
  }

  private func check(type: String, depth: Int) throws(CodecError) {
    let expected: ClosedRange<Int>? =
      switch type {
      case "": 1...4
      case "BLACKANDWHITE", "GRAYSCALE": 1...1
      case "BLACKANDWHITE_ALPHA", "GRAYSCALE_ALPHA": 2...2
      case "RGB": 3...3
      case "RGB_ALPHA": 4...4
      default: nil
      }
    guard let expected else { throw .unsupported(.ppm, reason: "its TUPLTYPE is not a picture's") }
    guard expected.contains(depth) else {
      throw .unsupported(.ppm, reason: "depth \(depth) does not go with TUPLTYPE \(type)")
    }
  }
}

/// Netpbm's formats: PBM, PGM and PPM (P1 to P6), PAM (P7) and PFM (PF, Pf).
///
/// Source: Netpbm's manual, pbm(5), pgm(5), ppm(5), pam(5), pfm(5).
enum PNM: Codec {
  static let name = "PNM"
  static let extensions = ["ppm", "pgm", "pbm", "pnm", "pam", "pfm"]
  /// A letter and a digit are a weak signature, so that the byte after them has to be right too.
  static let signatures: [Signature] = [
    [Array("P".utf8), Array("1234567Ff".utf8), Array("# \t\n\u{B}\u{C}\r".utf8)]
  ]
  static let maximumSide = Int.max

  static func decode(
    _ bytes: Buffer<UInt8>, at start: Int, options: DecodingOptions
  ) throws(CodecError) -> (image: DecodedImage, end: Int) {
    var scanner = PNMScanner(bytes: bytes, position: start)
    let header = try PNMHeader(&scanner)
    var samples = PNMSamples(header: header, scanner: scanner, options: options)
    let image = try samples.decode()
    // Blanks after an image are what echo and editors leave.
    samples.scanner.skip(while: isBlank)
    return (image, samples.scanner.position)
  }

  /// Whether Netpbm takes a byte for white space: space, tab, newline and their like.
  static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

  /// P5 or P6.
  static func encode(
    _ image: Image, options: EncodingOptions
  ) throws(CodecError) -> Buffer<UInt8> {
    let kind = image.channels == 1 ? 5 : 6
    let header = Buffer(Array("P\(kind)\n\(image.width) \(image.height)\n255\n".utf8))
    return try CodecError.allocating(try header.followed(by: image.pixels))
  }
}

/// What a header says about the samples that follow.
struct PNMHeader {
  /// How samples are stored.
  enum Coding {
    case plainBits, plain, rawBits, raw, littleFloats, bigFloats
  }

  private(set) var coding = Coding.raw
  /// Columns, px.
  private(set) var width = 0
  /// Rows, px.
  private(set) var height = 0
  /// Samples of a pixel: gray, gray and alpha, RGB, RGB and alpha.
  private(set) var depth = 1
  /// What stands for white.
  private(set) var maximum = 255

  private static let sides = 1...Int(Int32.max)

  /// The least number of bytes that the samples can take; `Int.max` where nobody could have them.
  var leastBytes: Int {
    let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
    // Samples of four channels of four bytes, and room for what is added to them.
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

  /// Scales a sample to 8 bits, rounding to nearest.
  func uint8(_ sample: Int) -> UInt8 { UInt8((sample * 255 + maximum / 2) / maximum) }

  /// Reads a header.
  ///
  /// - Parameter scanner: At the `P`; afterwards, at the first sample.
  /// - Throws: `CodecError` if the header makes no sense.
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

  /// The scale's sign is the byte order; its size is a unit that images do not need.
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
    guard let expected else { throw .unsupported(.ppm, reason: "its TUPLTYPE is not an image's") }
    guard expected.contains(depth) else {
      throw .unsupported(.ppm, reason: "depth \(depth) does not go with TUPLTYPE \(type)")
    }
  }
}

/// Reads the words of a header one by one, comments aside.
struct PNMScanner {
  /// The whole file.
  let bytes: Buffer<UInt8>
  /// The index of the next byte.
  var position: Int

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Moves to the next byte that does not fulfill a condition.
  mutating func skip(while condition: (UInt8) -> Bool) {
    while let byte = next, condition(byte) { position += 1 }
  }

  /// Moves to the next byte that is neither blank nor part of a comment.
  mutating func skipBlanks() {
    while let byte = next {
      if byte == UInt8(ascii: "#") {
        skipLine()
      } else if PNM.isBlank(byte) {
        position += 1
      } else {
        return
      }
    }
  }

  /// Moves behind the next newline.
  mutating func skipLine() {
    while let byte = next {
      position += 1
      if byte == 10 { return }
    }
  }

  /// Reads up to the next blank or comment.
  ///
  /// - Returns: The word; what is longer than any word of a header is damage.
  /// - Throws: `CodecError.truncated` if the file ends before or right behind the word.
  mutating func word() throws(CodecError) -> String {
    skipBlanks()
    let start = position
    while let byte = next, !PNM.isBlank(byte), byte != UInt8(ascii: "#") {
      position += 1
      guard position - start <= 64 else {
        throw .damaged(.ppm, reason: "the header has a word of more than 64 bytes")
      }
    }
    guard position < bytes.count else {
      throw .truncated(.ppm, reason: "it ends in the header, after \(bytes.count) bytes")
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Reads a whole number of the header.
  ///
  /// - Parameters:
  ///   - name: What the number is, for the message.
  ///   - range: What it may be.
  /// - Returns: The number.
  /// - Throws: `CodecError` if it is not a number in the range.
  mutating func number(_ name: String, in range: ClosedRange<Int>) throws(CodecError) -> Int {
    let word = try word()
    guard word.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int(word) else {
      throw .damaged(.ppm, reason: "the \(name) is not a whole number")
    }
    guard range.contains(number) else {
      let bounds = "\(range.lowerBound) to \(range.upperBound)"
      throw .damaged(.ppm, reason: "the \(name) is \(number), which is not \(bounds)")
    }
    return number
  }

  /// Moves over the one blank, or the comment, that ends a header.
  mutating func skipDelimiter() {
    if next == UInt8(ascii: "#") { skipLine() } else { position += 1 }
  }
}

/// Decodes the samples behind a header.
private struct PNMSamples {
  let header: PNMHeader
  /// At the first sample; behind the last one when decoding is done.
  var scanner: PNMScanner
  let options: DecodingOptions
  /// Samples that the file ends before.
  private var missing = 0
  /// Samples above the maximum, or not numbers at all.
  private var excessive = 0

  init(header: PNMHeader, scanner: PNMScanner, options: DecodingOptions) {
    self.header = header
    self.scanner = scanner
    self.options = options
  }

  /// Decodes the samples.
  ///
  /// - Returns: Three channels.
  /// - Throws: `CodecError` if samples are missing or too large, or a limit is exceeded.
  mutating func decode() throws(CodecError) -> DecodedImage {
    let (width, height, depth) = (header.width, header.height, header.depth)
    let copies = depth == 3 ? 1 : 1 + (depth + 2) / 3
    try options.checkSize(width: width, height: height)
    try checkLength()
    let pixels = try options.allocate(width: width, height: height, copies: copies)
    if depth == 3 {
      pixels.withElements { read(into: $0) }
    } else {
      let samples = try CodecError.allocating(
        try MutableBuffer<UInt8>(repeating: 128, count: width * height * depth))
      samples.withElements { samples in
        read(into: samples)
        pixels.withElements { convertToRGB(samples, into: $0) }
      }
    }
    return DecodedImage(
      image: Image(width: width, height: height, channels: 3, pixels: pixels.frozen()),
      format: .ppm,
      warnings: try complaints())
  }

  private func checkLength() throws(CodecError) {
    let available = max(0, scanner.bytes.count - scanner.position)
    guard available < header.leastBytes, options.failOn != .none else { return }
    throw .truncated(
      .ppm, reason: "\(available) bytes of samples, \(header.leastBytes) or more are needed")
  }

  /// Says what was wrong with the samples, or refuses them for it.
  private func complaints() throws(CodecError) -> [String] {
    var complaints: [String] = []
    if missing > 0 {
      complaints.append("\(missing) samples are missing")
      guard options.failOn == .none else { throw .truncated(.ppm, reason: complaints[0]) }
    }
    if excessive > 0 {
      let complaint = "\(excessive) samples are not numbers from 0 to \(header.maximum)"
      guard options.failOn == .none || options.failOn == .truncated else {
        throw .damaged(.ppm, reason: complaint)
      }
      complaints.append(complaint)
    }
    return complaints
  }

  /// Reads every sample that there is; the others stay as they are.
  private mutating func read(into samples: UnsafeMutableBufferPointer<UInt8>) {
    guard !header.isPlain else { return readPlain(into: samples) }
    let start = min(scanner.position, scanner.bytes.count)
    let available = min(header.leastBytes, scanner.bytes.count - start)
    let end = start + available
    scanner.position = end
    missing = header.leastBytes - available
    excessive = scanner.bytes[start..<end].withUnsafeBufferPointer { source in
      switch header.coding {
      case .rawBits: readBits(source, into: samples)
      case .raw where header.maximum > 255: readPairs(source, into: samples)
      case .raw: readBytes(source, into: samples)
      case .littleFloats, .bigFloats: readFloats(source, into: samples)
      case .plain, .plainBits: preconditionFailure("plain samples are not raw")
      }
    }
  }

  /// Makes RGB of gray, with or without alpha, or of RGB with alpha.
  private func convertToRGB(
    _ samples: UnsafeMutableBufferPointer<UInt8>, into pixels: UnsafeMutableBufferPointer<UInt8>
  ) {
    let (depth, colors) = (header.depth, header.depth > 2 ? 3 : 1)
    for i in 0..<(pixels.count / 3) {
      let alpha = depth == colors ? 255 : Int(samples[i * depth + colors])
      for channel in 0..<3 {
        let sample = Int(samples[i * depth + (colors == 3 ? channel : 0)])
        pixels[3 * i + channel] = UInt8((sample * alpha + 255 * (255 - alpha) + 127) / 255)
      }
    }
  }
}

/// P1, P2 and P3, whose samples are decimal numbers.
extension PNMSamples {
  private mutating func readPlain(into samples: UnsafeMutableBufferPointer<UInt8>) {
    let isBits = header.coding == .plainBits
    for i in samples.indices {
      scanner.skipBlanks()
      guard scanner.position < scanner.bytes.count else {
        missing = samples.count - i
        return
      }
      samples[i] = isBits ? plainBit() : plainNumber()
    }
  }

  /// Reads one digit; 1 is black.
  private mutating func plainBit() -> UInt8 {
    let digit = scanner.bytes[scanner.position]
    scanner.position += 1
    if digit != 48 && digit != 49 { excessive += 1 }
    return digit == 49 ? 0 : 255
  }

  private mutating func plainNumber() -> UInt8 {
    var value = 0
    var isNumber = true
    while scanner.position < scanner.bytes.count {
      let byte = scanner.bytes[scanner.position]
      if PNM.isBlank(byte) || byte == UInt8(ascii: "#") { break }
      isNumber = isNumber && byte >= 48 && byte <= 57
      value = min(10 * value + Int(byte & 15), 100_000)
      scanner.position += 1
    }
    if !isNumber || value > header.maximum { excessive += 1 }
    return header.uint8(min(value, header.maximum))
  }
}

/// P4 to P7 and PFM, whose samples are bits, bytes or floats. The functions return how many samples
/// are above the maximum.
extension PNMSamples {
  /// A 1 is black; every row starts a byte.
  private func readBits(
    _ source: UnsafeBufferPointer<UInt8>, into samples: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    let stride = (header.width + 7) / 8
    for row in 0..<min(header.height, (source.count + stride - 1) / stride) {
      for column in 0..<min(header.width, 8 * (source.count - row * stride)) {
        let byte = source[row * stride + column / 8]
        samples[row * header.width + column] = byte & (0x80 >> UInt8(column % 8)) == 0 ? 255 : 0
      }
    }
    return 0
  }

  private func readBytes(
    _ source: UnsafeBufferPointer<UInt8>, into samples: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    guard header.maximum < 255 else {
      _ = samples.update(fromContentsOf: source)
      return 0
    }
    let table = (0...255).map { header.uint8(min($0, header.maximum)) }
    var excessive = 0
    for i in source.indices {
      samples[i] = table[Int(source[i])]
      if source[i] > header.maximum { excessive += 1 }
    }
    return excessive
  }

  /// The high byte comes first.
  private func readPairs(
    _ source: UnsafeBufferPointer<UInt8>, into samples: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    let raw = UnsafeRawBufferPointer(source)
    var excessive = 0
    for i in 0..<(source.count / 2) {
      let value = Int(UInt16(bigEndian: raw.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)))
      samples[i] = header.uint8(min(value, header.maximum))
      if value > header.maximum { excessive += 1 }
    }
    return excessive
  }

  /// Rows come from bottom to top, and 1 is white; what is darker or lighter is clamped.
  private func readFloats(
    _ source: UnsafeBufferPointer<UInt8>, into samples: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    let stride = header.width * header.depth
    let isLittle = header.coding == .littleFloats
    let raw = UnsafeRawBufferPointer(source)
    for i in 0..<(source.count / 4) {
      let bits = raw.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)
      let value = Float(bitPattern: isLittle ? UInt32(littleEndian: bits) : UInt32(bigEndian: bits))
      let row = header.height - 1 - i / stride
      let scaled = (value * 255).rounded()
      samples[row * stride + i % stride] = scaled > 0 ? (scaled < 255 ? UInt8(scaled) : 255) : 0
    }
    return 0
  }
}

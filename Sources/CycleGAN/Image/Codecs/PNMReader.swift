/// Decodes one Netpbm image of a byte string that may hold several.
struct PNMReader {
  private var scanner: PNMScanner
  private let header: PNMHeader
  private let options: DecodingOptions
  private var missing = 0
  private var excessive = 0

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - position: Where the image starts.
  ///   - options: Limits, and which damage is refused.
  /// - Throws: `CodecError` if the header makes no sense.
  init(_ bytes: [UInt8], at position: Int, options: DecodingOptions) throws(CodecError) {
    scanner = PNMScanner(bytes: bytes, position: position)
    header = try PNMHeader(&scanner)
    self.options = options
  }

  /// Where the image ends, once it is decoded.
  var position: Int { scanner.position }

  /// Decodes the samples.
  ///
  /// - Returns: Three channels.
  /// - Throws: `CodecError` if samples are missing or too large, or a limit is exceeded.
  mutating func decode() throws(CodecError) -> DecodedImage {
    let (width, height, depth) = (header.width, header.height, header.depth)
    let copies = depth == 3 ? 1 : 1 + (depth + 2) / 3
    try options.checkSize(width: width, height: height)
    try checkLength()
    var pixels = try options.allocate(width: width, height: height, copies: copies)
    if depth == 3 {
      readLevels(into: &pixels)
    } else {
      var levels = [UInt8](repeating: 128, count: width * height * depth)
      readLevels(into: &levels)
      spread(levels, into: &pixels)
    }
    return DecodedImage(
      image: Image(width: width, height: height, channels: 3, pixels: pixels), format: .ppm,
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

  private mutating func readLevels(into levels: inout [UInt8]) {
    let start = min(scanner.position, scanner.bytes.count)
    guard header.coding != .plain && header.coding != .plainBits else {
      var samples = PNMPlainSamples(scanner: scanner, header: header)
      missing = samples.read(into: &levels)
      excessive = samples.excessive
      scanner.position = samples.scanner.position
      return
    }
    let end = min(start + header.leastBytes, scanner.bytes.count)
    scanner.position = end
    missing = start + header.leastBytes - end
    scanner.bytes.withUnsafeBufferPointer { bytes in
      levels.withUnsafeMutableBufferPointer { levels in
        var samples = PNMRawSamples(
          source: UnsafeBufferPointer(rebasing: bytes[start..<end]), header: header)
        samples.read(into: levels)
        excessive = samples.excessive
      }
    }
  }

  /// Makes RGB of grey, with or without alpha, or of RGB with alpha.
  private func spread(_ levels: [UInt8], into pixels: inout [UInt8]) {
    let (depth, colours) = (header.depth, header.depth > 2 ? 3 : 1)
    levels.withUnsafeBufferPointer { levels in
      pixels.withUnsafeMutableBufferPointer { pixels in
        for i in 0..<(pixels.count / 3) {
          let alpha = depth == colours ? 255 : Int(levels[i * depth + colours])
          for channel in 0..<3 {
            let level = Int(levels[i * depth + (colours == 3 ? channel : 0)])
            pixels[3 * i + channel] = UInt8((level * alpha + 255 * (255 - alpha) + 127) / 255)
          }
        }
      }
    }
  }
}

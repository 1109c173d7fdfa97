/// Reads the samples of P1, P2 and P3, which are written out as decimal numbers.
struct PNMPlainSamples {
  /// At the next sample.
  var scanner: PNMScanner
  /// What the samples mean.
  let header: PNMHeader
  /// Samples above the maximum, or not numbers at all, so far.
  private(set) var excessive = 0

  /// Starts at the first sample.
  ///
  /// - Parameters:
  ///   - scanner: At the first sample.
  ///   - header: What the samples mean.
  init(scanner: PNMScanner, header: PNMHeader) {
    self.scanner = scanner
    self.header = header
  }

  /// Reads samples until the levels are full or the file ends.
  ///
  /// - Parameter levels: Takes 0...255 for every sample that there is.
  /// - Returns: How many there are not.
  mutating func read(into levels: inout [UInt8]) -> Int {
    let isBits = header.coding == .plainBits
    for i in levels.indices {
      scanner.skipBlanks()
      guard scanner.position < scanner.bytes.count else { return levels.count - i }
      levels[i] = isBits ? bit() : number()
    }
    return 0
  }

  /// Reads one digit; 1 is black.
  private mutating func bit() -> UInt8 {
    let digit = scanner.bytes[scanner.position]
    scanner.position += 1
    if digit != 48 && digit != 49 { excessive += 1 }
    return digit == 49 ? 0 : 255
  }

  private mutating func number() -> UInt8 {
    var value = 0
    var isNumber = true
    while scanner.position < scanner.bytes.count {
      let byte = scanner.bytes[scanner.position]
      if PNMScanner.isBlank(byte) || byte == UInt8(ascii: "#") { break }
      isNumber = isNumber && byte >= 48 && byte <= 57
      value = min(10 * value + Int(byte & 15), 100_000)
      scanner.position += 1
    }
    if !isNumber || value > header.maximum { excessive += 1 }
    return header.level(min(value, header.maximum))
  }
}

extension PNMHeader {
  /// Brings a sample to 8 bits, rounding to nearest.
  ///
  /// - Parameter value: 0...`maximum`.
  /// - Returns: 0...255.
  func level(_ value: Int) -> UInt8 { UInt8((value * 255 + maximum / 2) / maximum) }
}

/// Reads the samples of P4 to P7 and of PFM, which are stored as bits, bytes or floats.
struct PNMRawSamples {
  /// From the first sample on; may be too short.
  let source: UnsafeBufferPointer<UInt8>
  /// What the samples mean.
  let header: PNMHeader
  /// Samples above the maximum so far.
  private(set) var excessive = 0

  /// Starts at the first sample.
  ///
  /// - Parameters:
  ///   - source: From the first sample on; may be too short.
  ///   - header: What the samples mean.
  init(source: UnsafeBufferPointer<UInt8>, header: PNMHeader) {
    self.source = source
    self.header = header
  }

  /// Reads every sample that there is.
  ///
  /// - Parameter levels: Takes 0...255 for each; the others stay as they are.
  mutating func read(into levels: UnsafeMutableBufferPointer<UInt8>) {
    switch header.coding {
    case .rawBits: readBits(into: levels)
    case .raw where header.maximum > 255: readPairs(into: levels)
    case .raw: readBytes(into: levels)
    case .littleFloats, .bigFloats: readFloats(into: levels)
    case .plain, .plainBits: preconditionFailure("plain samples are read elsewhere")
    }
  }

  /// A 1 is black; every row starts a byte.
  private func readBits(into levels: UnsafeMutableBufferPointer<UInt8>) {
    let stride = (header.width + 7) / 8
    for row in 0..<min(header.height, (source.count + stride - 1) / stride) {
      for column in 0..<min(header.width, 8 * (source.count - row * stride)) {
        let byte = source[row * stride + column / 8]
        levels[row * header.width + column] = byte & (0x80 >> UInt8(column % 8)) == 0 ? 255 : 0
      }
    }
  }

  private mutating func readBytes(into levels: UnsafeMutableBufferPointer<UInt8>) {
    guard header.maximum < 255 else {
      _ = levels.update(fromContentsOf: source)
      return
    }
    let table = (0...255).map { header.level(min($0, header.maximum)) }
    for i in source.indices {
      levels[i] = table[Int(source[i])]
      if source[i] > header.maximum { excessive += 1 }
    }
  }

  /// The high byte comes first.
  private mutating func readPairs(into levels: UnsafeMutableBufferPointer<UInt8>) {
    for i in 0..<(source.count / 2) {
      let value = Int(source[2 * i]) << 8 | Int(source[2 * i + 1])
      levels[i] = header.level(min(value, header.maximum))
      if value > header.maximum { excessive += 1 }
    }
  }

  /// Rows come from bottom to top, and 1 is white; what is darker or lighter is clamped.
  private func readFloats(into levels: UnsafeMutableBufferPointer<UInt8>) {
    let stride = header.width * header.depth
    let isLittle = header.coding == .littleFloats
    let raw = UnsafeRawBufferPointer(source)
    for i in 0..<(source.count / 4) {
      let bits = raw.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)
      let value = Float(bitPattern: isLittle ? UInt32(littleEndian: bits) : UInt32(bigEndian: bits))
      let row = header.height - 1 - i / stride
      let level = (value * 255).rounded()
      levels[row * stride + i % stride] = level > 0 ? (level < 255 ? UInt8(level) : 255) : 0
    }
  }
}

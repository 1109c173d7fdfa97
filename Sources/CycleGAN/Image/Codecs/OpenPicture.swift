import CCodecs

/// A picture whose header is read and whose pixels are not.
struct OpenPicture {
  let decoder: Decoder
  let orientation: Orientation
  let options: DecodingOptions
  /// The codec's; whoever opened it frees it.
  var reader: OpaquePointer?
  var header = cc_header()
  var error = cc_error()
  /// How reading went so far.
  private(set) var status = CC_OK

  /// Rows that are decoded and resampled while they are in the processor's cache.
  private static let stripHeight = 16

  /// Reads the pixels.
  ///
  /// - Returns: The upright picture, resized if its codec gives row by row.
  /// - Throws: `CodecError` if it is damaged or exceeds a limit.
  mutating func image() throws(CodecError) -> Image {
    try options.checkSize(width: width, height: height)
    let upright = orientation.swappingSides((width, height))
    let resizing = options.resizing?(upright.width, upright.height)
    if options.shrinksFirst, let resizing { shrink(to: resizing) }
    if header.by_rows, let resizing { return try resized(to: resizing) }
    let copies = orientation == .upright ? 1 : 2
    var pixels = try allocate(height: height, copies: copies)
    try read(height, into: &pixels)
    return Image(width: width, height: height, channels: 3, pixels: pixels).turned(orientation)
  }

  private var width: Int { Int(header.width) }
  private var height: Int { Int(header.height) }

  /// Leaves twice what is wanted, below which the resize would have too little to average.
  private mutating func shrink(to resizing: Resizing) {
    let wanted = orientation.swappingSides((2 * resizing.width, 2 * resizing.height))
    decoder.shrink?(
      reader, UInt32(clamping: wanted.width), UInt32(clamping: wanted.height), &header)
  }

  private mutating func resized(to resizing: Resizing) throws(CodecError) -> Image {
    var resizer = StripResizer(
      width: width, height: height, channels: resizing.channels, orientation: orientation,
      to: resizing)
    let grey = try allocate(height: min(Self.stripHeight, height))
    var strip = grey
    for row in stride(from: 0, to: height, by: Self.stripHeight) {
      let rows = min(Self.stripHeight, height - row)
      // What a damaged file has no pixels for stays grey.
      if decoder.isBearable(CC_DAMAGED, options.failOn) { strip = grey }
      strip.removeLast(strip.count - 3 * rows * width)
      try read(rows, into: &strip)
      guard resizing.channels == 1 else {
        resizer.add(strip)
        continue
      }
      resizer.add(Image(width: width, height: rows, channels: 3, pixels: strip).grey().pixels)
    }
    return resizer.image.turned(orientation)
  }

  private func allocate(height: Int, copies: Int = 1) throws(CodecError) -> [UInt8] {
    try options.allocate(
      width: width, height: height, copies: copies, scratch: Int(clamping: header.memory))
  }

  private mutating func read(_ rows: Int, into pixels: inout [UInt8]) throws(CodecError) {
    var limits = cc_limits(
      seconds: Double(options.maximumSeconds), scans: UInt32(clamping: options.maximumScans))
    status = pixels.withUnsafeMutableBufferPointer {
      decoder.read(reader, &limits, UInt32(rows), $0.baseAddress, &error)
    }
    guard decoder.isBearable(status, options.failOn) else {
      throw decoder.failure(status, error, options)
    }
  }
}

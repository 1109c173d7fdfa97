import CCodecs

/// A C library's decoder: its four functions in CCodecs, and how an image is decoded with them.
///
/// The bytes must not move between the calls, so that all of them happen in one closure.
struct LibraryReader {
  /// The format, for messages.
  let format: ImageFormat
  /// Reads a header.
  let open:
    (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<OpaquePointer?>,
      UnsafeMutablePointer<cc_header>, UnsafeMutablePointer<cc_error>
    ) -> cc_status
  /// Reads the next rows.
  let read:
    (
      OpaquePointer?, UnsafePointer<cc_limits>, UInt32, UnsafeMutablePointer<UInt8>?,
      UnsafeMutablePointer<cc_error>
    ) -> cc_status
  /// Ends a reader.
  let free: (OpaquePointer?) -> Void
  /// Lets the pixels be read at a part of their size; nil where the library cannot.
  var shrink: ((OpaquePointer?, UInt32, UInt32, UnsafeMutablePointer<cc_header>) -> Void)?

  /// Decodes an image.
  ///
  /// - Parameters:
  ///   - bytes: From the image's first byte on.
  ///   - orientation: How the image is stored.
  ///   - frames: Images of an animation that the library knows nothing of.
  ///   - options: Limits, which damage is refused, and what the image is going to be resized to.
  /// - Returns: Three channels, or one if it was asked for, upright.
  /// - Throws: `CodecError` if the image is damaged or exceeds a limit.
  func decoded(
    _ bytes: Buffer<UInt8>, orientation: Orientation, frames: Int = 1, options: DecodingOptions
  ) throws(CodecError) -> DecodedImage {
    try bytes.withUnsafeBufferPointer { bytes throws(CodecError) in
      var image = OpenImage(library: self, orientation: orientation, options: options)
      try image.open(bytes)
      defer { free(image.reader) }
      let pixels = try image.decoded()
      let count = max(Int(image.header.frames), frames)
      let animation = "an animation of \(count) images; only the first is used"
      return DecodedImage(
        image: pixels, format: format,
        warnings: (count > 1 ? [animation] : [])
          + (image.status == CC_OK ? [] : [image.error.reason]))
    }
  }
}

/// An image whose header is read and whose pixels are not.
private struct OpenImage {
  let library: LibraryReader
  let orientation: Orientation
  let options: DecodingOptions
  /// The library's; whoever opened it frees it.
  private(set) var reader: OpaquePointer?
  private(set) var header = cc_header()
  private(set) var error = cc_error()
  /// How reading went so far.
  private(set) var status = CC_OK

  /// Rows that are decoded and resampled while they are in the processor's cache.
  private static let stripHeight = 16

  init(library: LibraryReader, orientation: Orientation, options: DecodingOptions) {
    self.library = library
    self.orientation = orientation
    self.options = options
  }

  mutating func open(_ bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) {
    let opened = library.open(bytes.baseAddress, bytes.count, &reader, &header, &error)
    guard opened == CC_OK else { throw failure(opened) }
  }

  /// Reads the pixels.
  ///
  /// - Returns: The upright image, resized if its library gives row by row.
  /// - Throws: `CodecError` if it is damaged or exceeds a limit.
  mutating func decoded() throws(CodecError) -> Image {
    try options.checkSize(width: width, height: height)
    let upright = orientation.swappingSides((width, height))
    let resizing = options.resizing?(upright.width, upright.height)
    if options.shrinksFirst, let resizing { shrink(to: resizing) }
    if header.by_rows, let resizing { return try resized(to: resizing) }
    let copies = orientation == .upright ? 1 : 2
    let pixels = try allocate(height: height, copies: copies)
    try read(height, into: pixels)
    let stored = Image(width: width, height: height, channels: 3, pixels: pixels.frozen())
    return try CodecError.allocating(try stored.oriented(orientation))
  }

  private var width: Int { Int(header.width) }
  private var height: Int { Int(header.height) }

  /// Leaves twice what is wanted, below which the resize would have too little to average.
  private mutating func shrink(to resizing: Resizing) {
    let wanted = orientation.swappingSides((2 * resizing.width, 2 * resizing.height))
    library.shrink?(
      reader, UInt32(clamping: wanted.width), UInt32(clamping: wanted.height), &header)
  }

  private mutating func resized(to resizing: Resizing) throws(CodecError) -> Image {
    var resizer = try CodecError.allocating(
      try StripResizer(
        width: width, height: height, channels: resizing.channels, orientation: orientation,
        to: resizing))
    let strip = try allocate(height: min(Self.stripHeight, height))
    for row in stride(from: 0, to: height, by: Self.stripHeight) {
      let rows = min(Self.stripHeight, height - row)
      strip.truncate(to: 3 * rows * width)
      // What a damaged file has no pixels for stays gray.
      if tolerates(CC_DAMAGED) { strip.withElements { $0.update(repeating: 128) } }
      try read(rows, into: strip)
      try strip.withElements { strip throws(CodecError) in
        let strip = UnsafeBufferPointer(strip)
        try CodecError.allocating(
          resizing.channels == 1 ? try resizer.add(grayOf: strip) : try resizer.add(strip))
      }
    }
    return try CodecError.allocating(try resizer.finished().oriented(orientation))
  }

  private func allocate(
    height: Int, copies: Int = 1
  ) throws(CodecError) -> MutableBuffer<UInt8> {
    try options.allocate(
      width: width, height: height, copies: copies, scratch: Int(clamping: header.memory))
  }

  private mutating func read(
    _ rows: Int, into pixels: MutableBuffer<UInt8>
  ) throws(CodecError) {
    var limits = cc_limits(
      seconds: Double(options.maximumSeconds), scans: UInt32(clamping: options.maximumScans))
    status = pixels.withElements {
      library.read(reader, &limits, UInt32(rows), $0.baseAddress, &error)
    }
    guard tolerates(status) else { throw failure(status) }
  }

  /// Whether an image is delivered in spite of what was wrong with it.
  private func tolerates(_ status: cc_status) -> Bool {
    switch status {
    case CC_OK: true
    case CC_WARNED: options.failOn != .warning
    case CC_DAMAGED: options.failOn == .none || options.failOn == .truncated
    case CC_TRUNCATED: options.failOn == .none
    default: false
    }
  }

  /// Why the library gave up.
  private func failure(_ status: cc_status) -> CodecError {
    switch status {
    case CC_TRUNCATED: .truncated(library.format, reason: error.reason)
    case CC_UNSUPPORTED: .unsupported(library.format, reason: error.reason)
    case CC_TOO_MANY_SCANS: .tooManyScans(limit: options.maximumScans)
    case CC_TOO_SLOW: .tooSlow(limit: options.maximumSeconds)
    case CC_OUT_OF_MEMORY: .outOfMemory(reason: error.reason)
    default: .damaged(library.format, reason: error.reason)
    }
  }
}

extension ImageFormat {
  /// Encodes with a C library.
  ///
  /// - Parameter encode: Calls one of CCodecs' encoders.
  /// - Returns: A whole file.
  /// - Throws: `CodecError.notEncodable` or `CodecError.outOfMemory`.
  func encoded(
    _ encode: (_ output: inout cc_bytes, _ error: inout cc_error) -> cc_status
  ) throws(CodecError) -> Buffer<UInt8> {
    var output = cc_bytes()
    var error = cc_error()
    switch encode(&output, &error) {
    case CC_OK: return Buffer(owning: output.start, count: output.count)
    case CC_OUT_OF_MEMORY: throw .outOfMemory(reason: error.reason)
    default: throw .notEncodable(self, reason: error.reason)
    }
  }
}

extension cc_error {
  /// The message, which the C code always ends with a NUL.
  fileprivate var reason: String {
    withUnsafeBytes(of: message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

import CCodecs

/// One codec library's three calls: read a header, read the pixels, free.
///
/// The bytes must not move between the calls, so all of them happen in one closure.
struct Decoder {
  typealias Open = (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<OpaquePointer?>,
    UnsafeMutablePointer<cc_header>, UnsafeMutablePointer<cc_error>
  ) -> cc_status
  typealias Read = (
    OpaquePointer?, UnsafePointer<cc_limits>, UnsafeMutablePointer<UInt8>?,
    UnsafeMutablePointer<cc_error>
  ) -> cc_status

  /// The format, for messages.
  let format: ImageFormat
  /// Reads a header.
  let open: Open
  /// Reads the pixels.
  let read: Read
  /// Ends a reader.
  let free: (OpaquePointer?) -> Void
  /// Lets the pixels be read at a part of their size; nil where the codec cannot.
  var shrink: ((OpaquePointer?, UInt32, UInt32, UnsafeMutablePointer<cc_header>) -> Void)?

  /// libpng.
  static var png: Decoder {
    Decoder(
      format: .png, open: cc_png_reader_init, read: cc_png_reader_read, free: cc_png_reader_free)
  }
  /// libjpeg-turbo.
  static var jpeg: Decoder {
    Decoder(
      format: .jpeg, open: cc_jpeg_reader_init, read: cc_jpeg_reader_read,
      free: cc_jpeg_reader_free, shrink: cc_jpeg_reader_shrink)
  }
  /// libwebp.
  static var webp: Decoder {
    Decoder(
      format: .webp, open: cc_webp_reader_init, read: cc_webp_reader_read,
      free: cc_webp_reader_free)
  }

  /// Decodes a file, as it lies.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - frames: Pictures of an animation, where the codec does not know.
  ///   - reserved: Images of the same size that are needed besides, for the limit of memory.
  ///   - options: Limits, and which damage is refused.
  /// - Returns: Three channels, not yet turned upright.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  func decoded(
    _ bytes: [UInt8], frames: Int, reserved: Int, options: DecodingOptions
  ) throws(CodecError) -> DecodedImage {
    // The closure of the standard library does not let a typed error through.
    try bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(CodecError) in
        try decoded(buffer, frames: frames, reserved: reserved, options: options)
      }
    }.get()
  }

  private func decoded(
    _ bytes: UnsafeBufferPointer<UInt8>, frames: Int, reserved: Int, options: DecodingOptions
  ) throws(CodecError) -> DecodedImage {
    var reader: OpaquePointer?
    var header = cc_header()
    var error = cc_error()
    let opened = open(bytes.baseAddress, bytes.count, &reader, &header, &error)
    guard opened == CC_OK else { throw failure(opened, error, options) }
    defer { free(reader) }
    if let least = options.leastSize {
      try options.checkSize(width: Int(header.width), height: Int(header.height))
      shrink?(reader, UInt32(clamping: least.width), UInt32(clamping: least.height), &header)
    }
    let (width, height) = (Int(header.width), Int(header.height))
    var pixels = try options.allocate(
      width: width, height: height, copies: 1 + reserved, scratch: Int(clamping: header.memory))
    var limits = cc_limits(
      seconds: Double(options.maximumSeconds), scans: UInt32(clamping: options.maximumScans))
    let status = pixels.withUnsafeMutableBufferPointer {
      read(reader, &limits, $0.baseAddress, &error)
    }
    guard isBearable(status, options.failOn) else { throw failure(status, error, options) }
    return DecodedImage(
      image: Image(width: width, height: height, channels: 3, pixels: pixels), format: format,
      warnings: animationWarnings(max(Int(header.frames), frames))
        + (status == CC_OK ? [] : [error.reason]))
  }

  /// Says what is left out of an animation.
  private func animationWarnings(_ frames: Int) -> [String] {
    frames > 1 ? ["an animation of \(frames) pictures; only the first is used"] : []
  }

  private func isBearable(_ status: cc_status, _ failOn: DamagePolicy) -> Bool {
    switch status {
    case CC_OK: true
    case CC_WARNED: failOn != .warning
    case CC_DAMAGED: failOn == .none || failOn == .truncated
    case CC_TRUNCATED: failOn == .none
    default: false
    }
  }

  private func failure(
    _ status: cc_status, _ error: cc_error, _ options: DecodingOptions
  ) -> CodecError {
    switch status {
    case CC_TRUNCATED: .truncated(format, reason: error.reason)
    case CC_UNSUPPORTED: .unsupported(format, reason: error.reason)
    case CC_TOO_MANY_SCANS: .tooManyScans(limit: options.maximumScans)
    case CC_TOO_SLOW: .tooSlow(limit: options.maximumSeconds)
    case CC_OUT_OF_MEMORY: .outOfMemory(reason: error.reason)
    default: .damaged(format, reason: error.reason)
    }
  }
}

extension cc_error {
  /// The message, which the shim always ends with a NUL.
  var reason: String {
    withUnsafeBytes(of: message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

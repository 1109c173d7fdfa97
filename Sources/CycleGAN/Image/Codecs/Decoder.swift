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
    OpaquePointer?, UnsafePointer<cc_limits>, UInt32, UnsafeMutablePointer<UInt8>?,
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

  /// Decodes a file.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - container: What stands around the pixels.
  ///   - options: Limits, which damage is refused, and what the picture is going to be resized to.
  /// - Returns: Three channels, or one if it was asked for, upright.
  /// - Throws: `CodecError` if `bytes` is not an image, is damaged or exceeds a limit.
  func decoded(
    _ bytes: [UInt8], _ container: Container, _ options: DecodingOptions
  ) throws(CodecError) -> DecodedImage {
    // The closure of the standard library does not let a typed error through.
    try bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(CodecError) in try decoded(buffer, container, options) }
    }.get()
  }

  private func decoded(
    _ bytes: UnsafeBufferPointer<UInt8>, _ container: Container, _ options: DecodingOptions
  ) throws(CodecError) -> DecodedImage {
    var picture = OpenPicture(decoder: self, orientation: container.orientation, options: options)
    let opened = open(
      bytes.baseAddress, bytes.count, &picture.reader, &picture.header, &picture.error)
    guard opened == CC_OK else { throw failure(opened, picture.error, options) }
    defer { free(picture.reader) }
    let image = try picture.image()
    return DecodedImage(
      image: image, format: format,
      warnings: animationWarnings(max(Int(picture.header.frames), container.frames))
        + (picture.status == CC_OK ? [] : [picture.error.reason]))
  }

  /// Says what is left out of an animation.
  private func animationWarnings(_ frames: Int) -> [String] {
    frames > 1 ? ["an animation of \(frames) pictures; only the first is used"] : []
  }

  /// Whether a picture is delivered in spite of what was wrong with it.
  func isBearable(_ status: cc_status, _ failOn: DamagePolicy) -> Bool {
    switch status {
    case CC_OK: true
    case CC_WARNED: failOn != .warning
    case CC_DAMAGED: failOn == .none || failOn == .truncated
    case CC_TRUNCATED: failOn == .none
    default: false
    }
  }

  /// Says in the user's words why a codec gave up.
  func failure(
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

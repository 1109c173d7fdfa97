import CCodecs

extension DecodingOptions {
  /// Holds a picture's size against the limits.
  ///
  /// - Parameters:
  ///   - width: Columns, px.
  ///   - height: Rows, px.
  /// - Throws: `CodecError` with the limit that is exceeded.
  func checkSize(width: Int, height: Int) throws(CodecError) {
    guard width <= maximumSide && height <= maximumSide else {
      throw .sideTooLong(width: width, height: height, limit: maximumSide)
    }
    let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
    guard !overflows && pixels <= maximumPixels else {
      throw .tooManyPixels(width: width, height: height, limit: maximumPixels)
    }
  }

  /// Allocates an RGB image after holding its size against the limits.
  ///
  /// - Parameters:
  ///   - width: Columns, px.
  ///   - height: Rows, px.
  ///   - copies: Images of this size that decoding needs, this one included.
  ///   - scratch: What decoding allocates besides, bytes.
  /// - Returns: `[H, W, 3]` of grey, which is what stays where a damaged file has no pixels.
  /// - Throws: `CodecError` with the limit that is exceeded, or if the system lacks the memory.
  func allocate(
    width: Int, height: Int, copies: Int = 1, scratch: Int = 0
  ) throws(CodecError) -> [UInt8] {
    try checkSize(width: width, height: height)
    let pixels = width * height
    guard pixels < Int.max / 64 else { throw .outOfMemory(reason: "\(pixels) pixels") }
    let needed = 3 * pixels * copies + min(scratch, Int.max / 2)
    guard needed <= maximumMemory else {
      throw .tooMuchMemory(needed: needed, limit: maximumMemory)
    }
    // Swift's own allocation ends the process where it fails.
    guard cc_memory_available(UInt64(needed)) else {
      throw .outOfMemory(reason: "decoding needs \(needed) bytes")
    }
    return [UInt8](repeating: 128, count: 3 * pixels)
  }
}

import CCodecs

/// Portable Network Graphics, through libpng.
enum PNG: DelimitedCodec {
  static let name = "PNG"
  static let extensions = ["png"]
  static let signatures = [Signature([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])]
  static let maximumSide = Int.max

  private static var library: LibraryReader {
    LibraryReader(
      format: .png, open: cc_png_reader_init, read: cc_png_reader_read, free: cc_png_reader_free)
  }

  static func decode(
    _ bytes: Buffer<UInt8>, at start: Int, options: DecodingOptions
  ) throws(CodecError) -> (image: DecodedImage, end: Int) {
    let chunks = Chunks(bytes[start...])
    let decoded = try library.decoded(
      bytes[start...], orientation: chunks.orientation, frames: chunks.frames, options: options)
    return (decoded, end(in: bytes, from: start))
  }

  /// Source: PNG 3rd edition, 5.3 chunk layout, 5.6 chunk ordering.
  static func findEnd(of image: inout EncodedImage) throws(EndOfBytes) {
    try image.skip(8)
    while true {
      let count = Int(try image.read(UInt32.self, .bigEndian))
      let isLast = try image.readBytes(4).elementsEqual("IEND".utf8)
      // The content, and the checksum.
      try image.skip(count + 4)
      if isLast { return }
    }
  }

  static func encode(_ image: Image, options: EncodingOptions) throws(CodecError) -> Buffer<UInt8> {
    try ImageFormat.png.encoded { output, error in
      image.pixels.withUnsafeBufferPointer { pixels in
        cc_png_encode(
          pixels.baseAddress, UInt32(image.width), UInt32(image.height), Int32(image.channels),
          &output, &error)
      }
    }
  }

  /// What a file's chunks say beside the pixels; libpng refuses what is wrong with them.
  ///
  /// Source: PNG 3rd edition, 5.3 chunk layout, 11.3.2.1 eXIf, 11.3.6.2 acTL.
  private struct Chunks {
    private(set) var orientation = Orientation.upright
    /// Images of an animation; libpng knows only the first.
    private(set) var frames = 1

    init(_ bytes: Buffer<UInt8>) {
      var cursor = ByteCursor(bytes)
      do throws(EndOfBytes) {
        try cursor.skip(8)
        while try readChunk(&cursor) {}
      } catch {
        // What is known so far; libpng says where the file is cut.
      }
    }

    /// Reads a chunk.
    ///
    /// - Returns: Whether others follow.
    private mutating func readChunk(_ cursor: inout ByteCursor) throws(EndOfBytes) -> Bool {
      let count = Int(try cursor.read(UInt32.self, .bigEndian))
      let type = try cursor.readBytes(4)
      let content = try cursor.readBytes(count)
      // The checksum, which libpng checks.
      try cursor.skip(4)
      if type.elementsEqual("eXIf".utf8) { orientation = EXIF.orientation(in: content) }
      if type.elementsEqual("acTL".utf8) { frames = Int(UInt32(content.prefix(4), .bigEndian)) }
      return !type.elementsEqual("IEND".utf8)
    }
  }
}

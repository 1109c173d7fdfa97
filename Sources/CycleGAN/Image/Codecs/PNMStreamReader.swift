/// Reads Netpbm images one after the other as they arrive, so that a pipe of them needs no more
/// memory than the largest.
public final class PNMStreamReader {
  private let reader: ByteReader
  private let options: DecodingOptions
  /// What is left of images whose samples are text: they end where the next one begins.
  private var rest: ImageSequence?
  private var isFirst = true
  private var isAtEnd = false

  private static let maximumHeaderBytes = 1 << 16

  /// Starts at the reader's place.
  ///
  /// - Parameters:
  ///   - reader: Where the bytes come from.
  ///   - options: Limits, and which damage is refused.
  public init(_ reader: ByteReader, options: DecodingOptions = DecodingOptions()) {
    self.reader = reader
    self.options = options
  }

  /// Reads the next image; after a failure there is none, since nothing says where it would start.
  ///
  /// Nothing behind the image is waited for, unless its samples are text.
  ///
  /// - Returns: The image, or why it cannot be decoded; nil after the last one.
  /// - Throws: `SystemError` if a read fails.
  public func next() throws(SystemError) -> Result<DecodedImage, CodecError>? {
    guard try follows() else { return nil }
    do throws(CodecError) {
      defer { isFirst = false }
      guard let image = try decodeNext() else { return nil }
      return .success(image)
    } catch {
      isAtEnd = true
      if let failure { throw failure }
      return .failure(error)
    }
  }

  /// Whether there is another image; waits for its first byte.
  ///
  /// - Returns: False at the end, and after a failure.
  /// - Throws: `SystemError` if a read fails.
  public func follows() throws(SystemError) -> Bool {
    guard !isAtEnd else { return false }
    if let rest {
      isAtEnd = rest.remainingBytes == 0
      return !isAtEnd
    }
    while let byte = try reader.peek(1).first {
      // Blanks between two images are what echo and editors leave.
      guard !isFirst, PNMScanner.isBlank(byte) else { return true }
      _ = try reader.readExactly(1)
    }
    isAtEnd = true
    return false
  }

  /// Why a read failed, which no codec error can say.
  private var failure: SystemError?

  private func decodeNext() throws(CodecError) -> DecodedImage? {
    if rest != nil { return try rest?.next() }
    guard let first = try peek(1).first else { return nil }
    guard first == UInt8(ascii: "P") else { throw .unknownFormat }
    let (header, count) = try peekHeader()
    try options.checkSize(width: header.width, height: header.height)
    if header.isPlain {
      rest = ImageSequence(
        try read { reader, limit throws(SystemError) in try reader.readAll(limit: limit) },
        options: options)
      return try rest?.next()
    }
    let bytes = try read { reader, limit throws(SystemError) in
      try reader.readExactly(min(header.leastBytes, limit) + count)
    }
    var image = try PNMReader(bytes, at: 0, options: options)
    return try image.decode()
  }

  /// Looks ahead only as far as the header goes, so that nothing waits for the next image.
  private func peekHeader() throws(CodecError) -> (PNMHeader, count: Int) {
    var wanted = 8
    while true {
      let bytes = try peek(wanted)
      let isAll = bytes.count < wanted || wanted >= Self.maximumHeaderBytes
      var scanner = PNMScanner(bytes: bytes, position: 0)
      do throws(CodecError) {
        let header = try PNMHeader(&scanner)
        // A comment in the header's last place may go on behind what was looked at.
        if scanner.position < bytes.count || isAll { return (header, scanner.position) }
      } catch .truncated(let format, let reason) {
        guard !isAll else { throw .truncated(format, reason: reason) }
      }
      // By ones at first: even an image of one pixel need not wait for the next.
      wanted += wanted < 64 ? 1 : wanted
    }
  }

  private func peek(_ count: Int) throws(CodecError) -> [UInt8] {
    try read { reader, _ throws(SystemError) in try reader.peek(count) }
  }

  private func read(
    _ body: (ByteReader, Int) throws(SystemError) -> [UInt8]
  ) throws(CodecError) -> [UInt8] {
    do throws(SystemError) { return try body(reader, options.maximumBytes) } catch {
      failure = error
      throw .empty
    }
  }
}

/// The formats of encoded images that are read and written.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// Portable Network Graphics.
  case png
  /// JPEG, baseline or progressive.
  case jpeg
  /// WebP, lossy or lossless.
  case webp
  /// Netpbm's family: PBM, PGM, PPM (P1 to P6), PAM (P7) and PFM (PF, Pf).
  case ppm

  /// Where each format is implemented.
  var codec: any Codec.Type {
    switch self {
    case .png: PNG.self
    case .jpeg: JPEG.self
    case .webp: WebP.self
    case .ppm: PNM.self
    }
  }

  /// Tells a file's format by its first bytes.
  ///
  /// - Parameter firstBytes: The first 12 bytes or more; fewer only if the file is shorter.
  /// - Returns: The format, or `nil` if no signature matches.
  public static func recognized(_ firstBytes: [UInt8]) -> ImageFormat? {
    allCases.first { $0.codec.signatures.contains { $0.matches(firstBytes) == true } }
  }

  /// Whether these first bytes leave open what `recognized` will say of more.
  ///
  /// - Parameter firstBytes: Any number, from 0 on.
  /// - Returns: False once no further byte can make a difference.
  public static func isUndecided(_ firstBytes: [UInt8]) -> Bool {
    allCases.contains { $0.codec.signatures.contains { $0.matches(firstBytes) == nil } }
  }

  /// Tells the format that a file extension asks for.
  ///
  /// - Parameter fileExtension: Without the dot, in any case: `png`, `jpg`, `jpeg`, `webp`, `ppm`,
  ///   `pgm`, `pbm`, `pnm`, `pam`, `pfm`.
  public init?(fileExtension: String) {
    let lowercased = fileExtension.lowercased()
    guard let format = Self.allCases.first(where: { $0.codec.extensions.contains(lowercased) })
    else { return nil }
    self = format
  }

  /// The usual extension of a file of this format, without the dot.
  public var fileExtension: String { codec.extensions[0] }

  /// The format's name in a sentence.
  public var name: String { codec.name }
}

/// One image format: how it is recognized, decoded and encoded.
///
/// Each format is one file of this folder. A new one is a new file with a type that conforms, a
/// case of `ImageFormat`, and its line in `ImageFormat.codec`.
protocol Codec {
  /// The format's name in a sentence.
  static var name: String { get }
  /// Extensions of its files, lower case, without the dot; the usual one first.
  static var extensions: [String] { get }
  /// What its files start with; one of them has to match.
  static var signatures: [Signature] { get }
  /// The longest side that can be encoded, px.
  static var maximumSide: Int { get }

  /// Decodes one image.
  ///
  /// - Parameters:
  ///   - bytes: A whole file, which may hold other images before and after this one.
  ///   - start: The index of the image's first byte; a signature matches there.
  ///   - options: Limits, which damage is refused, and what the image is going to be resized to.
  /// - Returns: Three channels, or one if it was asked for, upright; and the index behind the
  ///   image, where another one may start.
  /// - Throws: `CodecError` if the image is damaged or exceeds a limit.
  static func decode(
    _ bytes: Buffer<UInt8>, at start: Int, options: DecodingOptions
  ) throws(CodecError) -> (image: DecodedImage, end: Int)

  /// Encodes an image.
  ///
  /// - Parameters:
  ///   - image: 1 or 3 channels, no side above `maximumSide`.
  ///   - options: Quality 1...100, or losslessness.
  /// - Returns: A whole file.
  /// - Throws: `CodecError.notEncodable` or `CodecError.outOfMemory`.
  static func encode(_ image: Image, options: EncodingOptions) throws(CodecError) -> Buffer<UInt8>
}

/// The bytes that files of a format start with.
struct Signature: Sendable, ExpressibleByArrayLiteral {
  /// What each byte may be; nil for any.
  private let accepted: [[UInt8]?]

  /// Takes for each byte those that it may be; nil stands for any.
  init(arrayLiteral accepted: [UInt8]?...) { self.accepted = accepted }

  /// Takes bytes that each may be only one, such as `"RIFF".utf8`.
  init(_ bytes: some Sequence<UInt8>) { accepted = bytes.map { [$0] } }

  private init(accepted: [[UInt8]?]) { self.accepted = accepted }

  /// One signature and then another.
  static func + (first: Signature, second: Signature) -> Signature {
    Signature(accepted: first.accepted + second.accepted)
  }

  /// Compares a file's first bytes with the signature.
  ///
  /// - Returns: nil if all bytes match so far but there are too few.
  func matches(_ firstBytes: [UInt8]) -> Bool? {
    let matches = zip(accepted, firstBytes).allSatisfy { $0?.contains($1) ?? true }
    guard matches else { return false }
    return firstBytes.count >= accepted.count ? true : nil
  }
}

/// The kinds of encoded images that are read and written.
public enum ImageFormat: String, Sendable, CaseIterable {
  /// Portable Network Graphics.
  case png
  /// JPEG, baseline or progressive.
  case jpeg
  /// WebP, lossy or lossless.
  case webp
  /// Netpbm's family: PBM, PGM, PPM (P1 to P6), PAM (P7) and PFM (PF, Pf).
  case ppm

  /// Tells a file's format by its first bytes.
  ///
  /// - Parameter firstBytes: The first 12 bytes or more; fewer only if the file is shorter.
  /// - Returns: The format, or `nil` if no signature matches.
  public static func recognized(_ firstBytes: [UInt8]) -> ImageFormat? {
    if firstBytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if firstBytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if firstBytes.starts(with: "RIFF".utf8) && firstBytes.dropFirst(8).starts(with: "WEBP".utf8) {
      return .webp
    }
    return startsPNM(firstBytes) ? .ppm : nil
  }

  /// Whether these first bytes leave open what `recognized` will say of more.
  ///
  /// - Parameter firstBytes: Any number, from 0 on.
  /// - Returns: False once no further byte can make a difference.
  public static func isUndecided(_ firstBytes: [UInt8]) -> Bool {
    let known: [[UInt8]] = [
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF], Array("RIFF".utf8),
    ]
    if known.contains(where: { $0.count > firstBytes.count && $0.starts(with: firstBytes) }) {
      return true
    }
    if firstBytes.starts(with: "RIFF".utf8) { return firstBytes.count < 12 }
    return firstBytes.first == UInt8(ascii: "P") && firstBytes.count < 3
  }

  /// Tells the format that a file extension asks for.
  ///
  /// - Parameter fileExtension: Without the dot, in any case: `png`, `jpg`, `jpeg`, `webp`, `ppm`,
  ///   `pgm`, `pbm`, `pnm`, `pam`, `pfm`.
  public init?(fileExtension: String) {
    switch fileExtension.lowercased() {
    case "png": self = .png
    case "jpg", "jpeg", "jpe", "jfif": self = .jpeg
    case "webp": self = .webp
    case "ppm", "pgm", "pbm", "pnm", "pam", "pfm": self = .ppm
    default: return nil
    }
  }

  /// The usual extension of a file of this format, without the dot.
  public var fileExtension: String { self == .jpeg ? "jpg" : rawValue }

  /// The format's name in a sentence.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .webp: "WebP"
    case .ppm: "PNM"
    }
  }

  /// A letter and a digit are a weak signature, so the byte after them has to be right too.
  private static func startsPNM(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "P") else { return false }
    let isKind = "1234567Ff".utf8.contains(bytes[1])
    return isKind && (bytes[2] == UInt8(ascii: "#") || PNMScanner.isBlank(bytes[2]))
  }
}

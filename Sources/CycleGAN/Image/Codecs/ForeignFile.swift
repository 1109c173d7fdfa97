/// What a file is that no codec here reads, by its first bytes.
///
/// Source: the magic numbers of file(1), and of each format's specification.
public struct ForeignFile: Sendable, Equatable {
  /// The kind with its article, such as `a TIFF image`.
  public let name: String
  /// Whether it is an image, or a file that stands for one: what a user expects to be read.
  public let isImage: Bool
  /// What to do about it, one sentence; nil for a file that is nothing to do with images.
  public let advice: String?

  /// How many first bytes `recognized` looks at.
  package static let signatureLength = 512

  private static let conversion = "convert it to PNG first"

  private init(_ name: String, isImage: Bool, advice: String?) {
    (self.name, self.isImage, self.advice) = (name, isImage, advice)
  }

  private static func image(_ name: String) -> ForeignFile {
    ForeignFile(name, isImage: true, advice: conversion)
  }

  private static func other(_ name: String, _ advice: String? = nil) -> ForeignFile {
    ForeignFile(name, isImage: false, advice: advice)
  }

  /// Recognizes a file.
  ///
  /// - Parameter firstBytes: The first 512 bytes, fewer only if the file is shorter.
  /// - Returns: Its kind; nil where that is not known.
  public static func recognized(_ firstBytes: [UInt8]) -> ForeignFile? {
    if firstBytes.isEmpty { return other("an empty file", "copy or download it again") }
    let known = signatures.first { offset, signature, _ in
      firstBytes.dropFirst(offset).starts(with: signature)
    }
    if let known { return known.2 }
    if firstBytes.dropFirst(4).starts(with: Array("ftyp".utf8)) { return baseMedia(firstBytes) }
    return text(firstBytes)
  }

  private static let signatures: [(Int, [UInt8], ForeignFile)] = [
    (0, [0x49, 0x49, 0x2A, 0x00], image("a TIFF image")),
    (0, [0x4D, 0x4D, 0x00, 0x2A], image("a TIFF image")),
    (0, [0x49, 0x49, 0x2B, 0x00], image("a BigTIFF image")),
    (0, [0x4D, 0x4D, 0x00, 0x2B], image("a BigTIFF image")),
    (0, Array("GIF87a".utf8), image("a GIF image")),
    (0, Array("GIF89a".utf8), image("a GIF image")),
    (0, [0xFF, 0x0A], image("a JPEG XL image")),
    (0, [0, 0, 0, 0x0C] + Array("JXL ".utf8), image("a JPEG XL image")),
    (0, [0, 0, 0, 0x0C] + Array("jP  ".utf8), image("a JPEG 2000 image")),
    (0, [0xFF, 0x4F, 0xFF, 0x51], image("a JPEG 2000 image")),
    (0, Array("8BPS".utf8), image("a Photoshop image")),
    (0, [0x76, 0x2F, 0x31, 0x01], image("an OpenEXR image")),
    (0, Array("#?RADIANCE".utf8), image("a Radiance HDR image")),
    (0, Array("DDS ".utf8), image("a DDS image")),
    (0, [0, 0, 1, 0], image("an icon")),
    (0, Array("qoif".utf8), image("a QOI image")),
    (0, Array("FUJIFILMCCD-RAW".utf8), image("a raw image of a camera")),
    (0, Array("gimp xcf".utf8), image("a GIMP image")),
    (0, Array("%PDF-".utf8), ForeignFile("a PDF document", isImage: true, advice: conversion)),
    (
      0, Array("%!PS".utf8), ForeignFile("a PostScript document", isImage: true, advice: conversion)
    ),
    (
      0, Array("version https://git-lfs".utf8),
      ForeignFile("a pointer of Git LFS", isImage: true, advice: "git lfs pull brings the image")
    ),
    (0, [0x93] + Array("NUMPY".utf8), other("a NumPy array or a tensor stream")),
    (0, [0x50, 0x4B, 0x03, 0x04], other("a zip archive", "unpack it first")),
    (0, [0x1F, 0x8B], other("a file compressed by gzip", "unpack it first")),
    (0, [0x28, 0xB5, 0x2F, 0xFD], other("a file compressed by zstd", "unpack it first")),
    (0, [0xFD] + Array("7zXZ".utf8), other("a file compressed by xz", "unpack it first")),
    (257, Array("ustar".utf8), other("a tar archive", "unpack it first")),
    (0, [0x1A, 0x45, 0xDF, 0xA3], other("a film (Matroska, WebM)", "extract its frames first")),
    (8, Array("AVI ".utf8), other("a film (AVI)", "extract its frames first")),
    (8, Array("WAVE".utf8), other("a sound file")),
    (0, Array("ID3".utf8), other("a sound file")),
    (0, Array("OggS".utf8), other("an Ogg file")),
    (0, Array("YUV4MPEG2".utf8), other("a film (YUV4MPEG2)", "extract its frames first")),
    (0, [0x7F] + Array("ELF".utf8), other("a program")),
  ]

  /// A file of the ISO base media format, by its brand.
  private static func baseMedia(_ firstBytes: [UInt8]) -> ForeignFile {
    let brand = String(decoding: firstBytes.dropFirst(8).prefix(4), as: UTF8.self)
    switch brand {
    case "avif", "avis": return image("an AVIF image")
    case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
      return image("a HEIF image")
    case "crx ": return image("a raw image of a camera")
    default: return other("a film (MP4, QuickTime)", "extract its frames first")
    }
  }

  private static func text(_ firstBytes: [UInt8]) -> ForeignFile? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let blank: Set<UInt8> = [0x09, 0x0A, 0x0D, 0x20]
    let visible = firstBytes.starts(with: mark) ? firstBytes.dropFirst(3) : firstBytes[...]
    let start = String(decoding: visible.drop { blank.contains($0) }.prefix(200), as: UTF8.self)
      .lowercased()
    if start.hasPrefix("<svg") || start.hasPrefix("<?xml") && start.contains("<svg") {
      return image("an SVG drawing")
    }
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.hasPrefix("<head") {
      return ForeignFile(
        "a web page", isImage: false, advice: "download the image itself, perhaps after a login")
    }
    if start.hasPrefix("<?xml") || start.hasPrefix("<") { return other("an XML or HTML file") }
    if bitmap(firstBytes) { return image("a BMP image") }
    let isText = firstBytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || blank.contains($0) }
    return isText ? other("a text file") : nil
  }

  /// Two letters alone would match a text; the header's size and its zeros tell a bitmap.
  private static func bitmap(_ firstBytes: [UInt8]) -> Bool {
    guard firstBytes.starts(with: Array("BM".utf8)), firstBytes.count >= 18 else { return false }
    let reserved = firstBytes[6..<10].allSatisfy { $0 == 0 }
    let header = Int(UInt32(firstBytes[14..<18], .littleEndian))
    return reserved && [12, 16, 40, 52, 56, 64, 108, 124].contains(header)
  }

  /// The kind, and what to do about it.
  package var sentence: String { advice.map { "\(name); \($0)" } ?? name }
}

/// What stands around the pixels of a file: chunks of PNG and WebP, segments of JPEG.
///
/// Nothing is checked here; the codecs refuse what is wrong.
struct Container {
  /// How the picture lies.
  private(set) var orientation = Orientation.upright
  /// Pictures, of an animated PNG; libpng knows only the first.
  private(set) var frames = 1
  /// Whether another image stands behind this one; known of PNG only.
  private(set) var isFollowed = false

  /// Looks through a file without decoding it.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - format: What it is.
  init(_ bytes: [UInt8], format: ImageFormat) {
    switch format {
    case .png: searchPNG(bytes)
    case .jpeg: searchJPEG(bytes)
    case .webp: searchWebP(bytes)
    case .ppm: break
    }
  }

  /// Source: PNG 3rd edition, 5.3 chunk layout, 11.3.2.1 eXIf, 11.3.6.2 acTL.
  private mutating func searchPNG(_ bytes: [UInt8]) {
    let reader = ByteOrderReader(bytes: bytes[...], isLittle: false)
    var position = 8
    while let count = reader.long(at: position), position + 12 + count <= bytes.count {
      let content = bytes[(position + 8)..<(position + 8 + count)]
      let type = bytes[(position + 4)..<(position + 8)]
      if type.elementsEqual("eXIf".utf8) { orientation = EXIF.orientation(in: content) }
      if type.elementsEqual("acTL".utf8) { frames = reader.long(at: position + 8) ?? 1 }
      position += 12 + count
      if type.elementsEqual("IEND".utf8) {
        isFollowed = ImageFormat.recognized(Array(bytes[position...].prefix(16))) != nil
        return
      }
    }
  }

  /// Source: ITU-T T.81, B.1.1.4; EXIF 2.32, 4.7.2 for APP1.
  private mutating func searchJPEG(_ bytes: [UInt8]) {
    let reader = ByteOrderReader(bytes: bytes[...], isLittle: false)
    let (startOfScan, application1) = (0xFFDA, 0xFFE1)
    var position = 2
    while let marker = reader.short(at: position), marker > 0xFF00, marker != startOfScan {
      guard marker != 0xFFFF else {
        position += 1
        continue
      }
      guard let count = reader.short(at: position + 2), count >= 2,
        position + 2 + count <= bytes.count
      else { return }
      let content = bytes[(position + 4)..<(position + 2 + count)]
      if marker == application1 && content.starts(with: "Exif\0\0".utf8) {
        orientation = EXIF.orientation(in: content)
        return
      }
      position += 2 + count
    }
  }

  /// Source: WebP container specification, "RIFF file format" and "Metadata".
  private mutating func searchWebP(_ bytes: [UInt8]) {
    let reader = ByteOrderReader(bytes: bytes[...], isLittle: true)
    var position = 12
    while let count = reader.long(at: position + 4), position + 8 + count <= bytes.count {
      if bytes[position..<(position + 4)].elementsEqual("EXIF".utf8) {
        orientation = EXIF.orientation(in: bytes[(position + 8)..<(position + 8 + count)])
      }
      position += 8 + count + count % 2
    }
  }
}

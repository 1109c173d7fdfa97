/// What a picture is written as.
public enum OutputFormat: Sendable, Equatable {
  /// An encoded image.
  case image(ImageFormat)
  /// One NumPy array, which is a plain stream of one frame.
  case npy

  /// Reads a word of `--format`, or a file's extension.
  ///
  /// - Parameter word: `png`, `jpg`, `webp`, `ppm`, `npy` and their like, in any case.
  public init?(word: String) {
    if word.lowercased() == "npy" {
      self = .npy
      return
    }
    guard let format = ImageFormat(fileExtension: word) else { return nil }
    self = .image(format)
  }

  /// The usual extension, without the dot.
  public var fileExtension: String {
    switch self {
    case .image(let format): format.fileExtension
    case .npy: "npy"
    }
  }

  /// Encodes a frame.
  ///
  /// - Parameters:
  ///   - frame: Levels or values.
  ///   - options: Quality, or losslessness.
  /// - Returns: A whole file.
  /// - Throws: `CodecError` if the format cannot hold the picture.
  func encoded(_ frame: Frame, _ options: EncodingOptions) throws(CodecError) -> [UInt8] {
    switch self {
    case .image(let format): try Image(frame).encoded(as: format, options: options)
    case .npy: NPY.record(of: frame)
    }
  }
}

extension FilePath {
  /// The path below an output folder that mirrors this one.
  ///
  /// - Parameter format: What is written; nil keeps what the extension says, or takes PNG.
  /// - Returns: A relative path, and what its file is written as.
  /// - Throws: `PictureFailure` if it would lead out of the folder.
  func mirrored(_ format: OutputFormat?) throws(PictureFailure) -> (FilePath, OutputFormat) {
    let parts = components.filter { $0.bytes != Array(".".utf8) }
    guard !parts.contains(where: { $0.bytes == Array("..".utf8) }) else {
      throw PictureFailure(
        "its output would leave the folder because of the .. in its name; go to the folder above it "
          + "first, or name it from the root on",
        status: .cannotCreate)
    }
    guard !parts.isEmpty else { throw PictureFailure("it has no name", status: .cannotCreate) }
    let path = FilePath(bytes: Array(parts.map(\.bytes).joined(separator: [UInt8(ascii: "/")])))
    let own = path.fileExtension
    let known = OutputFormat(word: own)
    if case .image(let image)? = known, format == nil {
      // A grey map's name would be wrong for the colours of a translation.
      guard image == .ppm, own.lowercased() != "ppm", own.lowercased() != "pnm" else {
        return (path, .image(image))
      }
    }
    let wanted = format ?? known.flatMap { $0 == .npy ? nil : $0 } ?? .image(.png)
    if known == wanted, ["jpg", "jpeg"].contains(own.lowercased()) { return (path, wanted) }
    let isReplaced =
      known != nil || ["npys", "tif", "tiff", "bmp", "gif"].contains(own.lowercased())
    let stem = isReplaced ? path.replacingExtension(with: "") : path
    return (FilePath(bytes: stem.bytes + Array(".\(wanted.fileExtension)".utf8)), wanted)
  }
}

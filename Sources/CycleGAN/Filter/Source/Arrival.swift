/// A picture as it arrives at a filter, not decoded yet.
public struct Arrival: Sendable {
  /// What a picture can arrive as.
  public enum Content: Sendable {
    /// A whole PNG, JPEG or WebP file.
    case encoded([UInt8])
    /// An image of a sequence, decoded while it was read.
    case picture(DecodedImage)
    /// A frame of a stream.
    case frame(Frame)
  }

  /// Which picture of all it is.
  public struct Place: Sendable {
    /// What its outputs are named after: its path, or its number where it has none.
    public internal(set) var name = FilePath("")
    /// What messages call it.
    public internal(set) var label = ""
    /// Whether the name is a path, and not only a number.
    public internal(set) var isPath = true
    /// Counted from 0, failures included.
    public internal(set) var index = 0

    init() {}

    init(_ name: FilePath, _ label: String?) {
      self.name = name
      self.label = label ?? (name.bytes.isEmpty ? "''" : name.escaped)
      isPath = label == nil
    }
  }

  /// Which picture of all it is; nobody has counted yet.
  public let place: Place
  /// The picture, or why there is none.
  public let content: Result<Content, PictureFailure>

  init(_ name: FilePath, label: String? = nil, _ content: Content) {
    place = Place(name, label)
    self.content = .success(content)
  }

  init(_ name: FilePath, label: String? = nil, failure: PictureFailure) {
    place = Place(name, label)
    content = .failure(failure)
  }
}

extension Arrival.Content {
  /// Decodes the picture, if it is not a frame already.
  ///
  /// - Parameters:
  ///   - options: Limits, and which damage is refused.
  ///   - warn: Told what a person may want to know.
  /// - Returns: Levels, or what the stream had.
  /// - Throws: `CodecError` if it cannot be decoded.
  public func decoded(
    _ options: DecodingOptions, warn: (String) -> Void
  ) throws(CodecError) -> Frame {
    let picture: DecodedImage
    switch self {
    case .frame(let frame): return frame
    case .picture(let decoded): picture = decoded
    case .encoded(let bytes): picture = try Image.decoded(bytes, options: options)
    }
    for warning in picture.warnings { warn(warning) }
    return Frame(picture.image)
  }
}

/// Why one picture cannot be delivered; the others still can.
public struct PictureFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line without the picture's name.
  public let reason: String
  /// What the tool exits with at the end because of it.
  public let status: ExitStatus
  /// Whether an earlier filter has named it already.
  public let isUpstream: Bool

  /// States a reason.
  ///
  /// - Parameters:
  ///   - reason: One line without the picture's name.
  ///   - status: What the tool exits with at the end because of it.
  ///   - isUpstream: Whether an earlier filter has named it already.
  public init(_ reason: String, status: ExitStatus = .someFailed, isUpstream: Bool = false) {
    self.reason = reason
    self.status = status
    self.isUpstream = isUpstream
  }

  /// The reason.
  public var description: String { reason }
}

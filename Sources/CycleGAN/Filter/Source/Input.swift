/// One image on its way into a filter, not decoded yet, or why there is none.
package struct Input: Sendable {
  /// What an image comes as.
  package enum Content: Sendable {
    /// An image's file, which is read when it is needed.
    case file(FilePath)
    /// A whole PNG, JPEG or WebP file.
    case encoded(Buffer<UInt8>)
    /// An image of a sequence, decoded while it was read.
    case image(DecodedImage)
    /// A frame of a stream.
    case frame(Frame)
  }

  /// Which image of all it is.
  package struct Identity: Sendable {
    /// What its outputs are named after: its path, or its number where it has none.
    package internal(set) var name = FilePath("")
    /// What messages call it.
    package internal(set) var label = ""
    /// Whether the name is a path, and not only a number.
    package internal(set) var isPath = true
    /// Counted from 0, failures included.
    package internal(set) var index = 0

    init() {}

    init(_ name: FilePath, _ label: String?) {
      self.name = name
      self.label = label ?? (name.bytes.isEmpty ? "''" : name.escaped)
      isPath = label == nil
    }
  }

  /// Which image of all it is; the pipeline counts.
  package let identity: Identity
  /// The image, or why there is none.
  package let content: Result<Content, InputFailure>
  /// Where a frame of a stream can be read again: the file, and the offset of its note or record.
  package internal(set) var record: (file: FilePath, offset: Int)?

  init(_ name: FilePath, label: String? = nil, _ content: Content) {
    identity = Identity(name, label)
    self.content = .success(content)
  }

  init(_ name: FilePath, label: String? = nil, failure: InputFailure) {
    identity = Identity(name, label)
    content = .failure(failure)
  }
}

extension Input.Content {
  /// Decodes the image, if it is not a frame already.
  ///
  /// - Parameters:
  ///   - options: Limits, and which damage is refused.
  ///   - warn: Told what a person may want to know.
  /// - Returns: uint8 samples, or what the stream had.
  /// - Throws: `CodecError` if it cannot be decoded, `SystemError` if a file cannot be read.
  package func decoded(_ options: DecodingOptions, warn: (String) -> Void) throws -> Frame {
    let decoded: DecodedImage
    switch self {
    case .frame(let frame): return frame
    case .image(let image): decoded = image
    case .encoded(let bytes): decoded = try Image.decoded(bytes, options: options)
    case .file(let path):
      let bytes = try ByteReader(path).readAll(limit: options.maximumBytes)
      decoded = try Image.decoded(bytes, options: options)
    }
    for warning in decoded.warnings { warn(warning) }
    return Frame(decoded.image)
  }
}

/// Why one image cannot be delivered; the others still can.
package struct InputFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line without the image's name.
  package let reason: String
  /// The tool's exit status at the end because of it.
  package let status: ExitStatus
  /// Whether an earlier filter has named it already.
  package let isUpstream: Bool
  /// What the codec said, where it was one.
  package private(set) var cause: CodecError?

  /// States a reason.
  ///
  /// - Parameters:
  ///   - reason: One line without the image's name.
  ///   - status: The tool's exit status at the end because of it.
  ///   - isUpstream: Whether an earlier filter has named it already.
  package init(_ reason: String, status: ExitStatus = .someFailed, isUpstream: Bool = false) {
    self.reason = reason
    self.status = status
    self.isUpstream = isUpstream
  }

  /// Takes a codec's reason.
  ///
  /// - Parameter error: Why the image cannot be decoded or encoded.
  package init(_ error: CodecError) {
    self.init(
      describedWithHint(error), status: lacksMemory(error) ? .outOfMemory : .someFailed)
    cause = error
  }

  /// Takes any error's reason.
  init(from error: any Error) {
    switch error {
    case let failure as InputFailure: self = failure
    case let error as CodecError: self.init(error)
    default:
      self.init(
        describedWithHint(error), status: lacksMemory(error) ? .outOfMemory : .someFailed)
    }
  }

  /// The reason.
  package var description: String { reason }
}

/// What a reader of a tensor stream gets to see.
public enum StreamRecord: Sendable, Equatable {
  /// A picture, whole and verified.
  case frame(Frame, name: FilePath?)
  /// An input that failed upstream, in its place.
  case failure(name: FilePath?, reason: String)
  /// The end of what one tool wrote; more may follow in a concatenation.
  case end(frames: Int, failed: Int)
}

/// What a stream may ask for; checked before memory is taken.
public struct StreamLimits: Sendable, Equatable {
  /// The most pixels in a frame.
  public var maximumPixels: Int
  /// The longest side of a frame, px.
  public var maximumSide: Int
  /// The longest note, bytes.
  public var maximumNoteBytes: Int

  /// The longest header, bytes.
  static let maximumHeaderBytes = 65_536

  /// Sets limits.
  ///
  /// - Parameters:
  ///   - maximumPixels: The most pixels in a frame.
  ///   - maximumSide: The longest side of a frame, px.
  ///   - maximumNoteBytes: The longest note, bytes.
  public init(
    maximumPixels: Int = 100_000_000, maximumSide: Int = 32_768, maximumNoteBytes: Int = 1 << 20
  ) {
    self.maximumPixels = maximumPixels
    self.maximumSide = maximumSide
    self.maximumNoteBytes = maximumNoteBytes
  }
}

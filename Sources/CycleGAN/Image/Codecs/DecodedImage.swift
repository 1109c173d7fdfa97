/// An image together with what its file was.
public struct DecodedImage: Sendable, Equatable {
  /// Three channels, upright.
  public var image: Image
  /// What the bytes turned out to be.
  public let format: ImageFormat
  /// What a person may want to know, one sentence each, usually none.
  public internal(set) var warnings: [String]

  /// Wraps an image.
  ///
  /// - Parameters:
  ///   - image: Three channels, upright.
  ///   - format: What the bytes turned out to be.
  ///   - warnings: One sentence each.
  public init(image: Image, format: ImageFormat, warnings: [String] = []) {
    self.image = image
    self.format = format
    self.warnings = warnings
  }
}

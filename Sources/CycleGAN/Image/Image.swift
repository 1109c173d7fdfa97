/// A picture in memory: 8-bit sRGB or grey samples.
///
/// Samples are interleaved, rows from top to bottom: `[H, W, C] UInt8 in 0...255`, where H is the
/// number of rows, W of columns and C of channels.
public struct Image: Sendable, Equatable {
  /// Columns, px, at least 1.
  public let width: Int
  /// Rows, px, at least 1.
  public let height: Int
  /// 1 (grey) or 3 (red, green, blue).
  public let channels: Int
  /// `[H, W, C]`, 0...255.
  public var pixels: [UInt8]

  /// Wraps samples.
  ///
  /// - Parameters:
  ///   - width: Columns, px, at least 1.
  ///   - height: Rows, px, at least 1.
  ///   - channels: 1 or 3.
  ///   - pixels: `[H, W, C]`, 0...255.
  /// - Precondition: The number of samples is `width * height * channels`.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    precondition(channels == 1 || channels == 3, "an image has 1 or 3 channels")
    precondition(pixels.count == width * height * channels, "samples do not fill the image")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }
}

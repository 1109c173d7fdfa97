/// Which of the two passes of a resize comes first.
///
/// The result is rounded to 8 bits between them, so that the order shows in the lowest bit.
public enum ResizingOrder: Sendable {
  /// Across, then down: Pillow before 13.
  case acrossFirst
  /// Down first where the height shrinks by more than twice what the width does: Pillow 13.
  case shrinkingHeightFirst
}

/// What a picture is resized to.
public struct Resizing: Sendable, Equatable {
  /// Given a picture's upright width and height, px, what it is resized to, if that is known.
  public typealias Choice = @Sendable (_ width: Int, _ height: Int) -> Resizing?

  /// New width, px, at least 1.
  public var width: Int
  /// New height, px, at least 1.
  public var height: Int
  /// Which pass comes first.
  public var order: ResizingOrder
  /// 1 makes the picture grey before it is resized, 3 leaves it as it is.
  public var channels: Int

  /// Says what a picture is resized to.
  ///
  /// - Parameters:
  ///   - width: New width, px.
  ///   - height: New height, px; the aspect ratio is not kept.
  ///   - order: Which pass comes first.
  ///   - channels: 1 makes the picture grey before it is resized, 3 leaves it as it is.
  /// - Precondition: The new picture has a pixel.
  public init(
    width: Int, height: Int, order: ResizingOrder = .shrinkingHeightFirst, channels: Int = 3
  ) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    self.width = width
    self.height = height
    self.order = order
    self.channels = channels
  }

  /// Whether a picture of this size is resampled down before it is resampled across.
  func isDownFirst(fromWidth oldWidth: Int, height oldHeight: Int) -> Bool {
    let shrinkage = (width: oldWidth - width, height: oldHeight - height)
    return order == .shrinkingHeightFirst && shrinkage.height > 0
      && shrinkage.height > 2 * shrinkage.width
  }
}

extension Image {
  /// Resizes the way Pillow's `resize(size, BICUBIC)` does, bit for bit.
  ///
  /// Antialiased bicubic in two passes, rounded to 8 bits between them. A pass that would change
  /// nothing is left out. `ImageResizingTests` holds it against Pillow.
  ///
  /// - Parameters:
  ///   - width: New width, px, at least 1.
  ///   - height: New height, px, at least 1.
  ///   - order: Which pass comes first.
  /// - Returns: A picture of exactly that size; the aspect ratio is not kept.
  ///
  /// Source: Pillow, src/libImaging/Resample.c.
  public func resized(
    width: Int, height: Int, order: ResizingOrder = .shrinkingHeightFirst
  ) -> Image {
    resized(to: Resizing(width: width, height: height, order: order, channels: channels))
  }

  /// Resizes the way Pillow's `resize(size, BICUBIC)` does, bit for bit.
  ///
  /// - Parameter resizing: The new size.
  /// - Returns: A picture of exactly that size.
  public func resized(to resizing: Resizing) -> Image {
    if width == resizing.width && height == resizing.height { return self }
    var resizer = StripResizer(width: width, height: height, channels: channels, to: resizing)
    resizer.add(pixels)
    return resizer.image
  }
}

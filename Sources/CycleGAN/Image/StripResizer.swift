/// Resizes a picture that comes in strips of whole rows, from top to bottom.
///
/// Memory is needed for the strip, for the old rows that a new one is made from, and for the new
/// picture; never for the old one. The passes of a picture that lies on its side or its head are
/// made as they would be if it stood upright, so that the small picture can be turned in its place.
struct StripResizer {
  private let width: Int
  private let height: Int
  private let channels: Int
  private let isDownFirst: Bool
  private var across: AcrossPass?
  private var down: DownPass?
  private var pixels: [UInt8] = []

  /// Prepares to resize a picture.
  ///
  /// - Parameters:
  ///   - oldWidth: Columns, as they lie, px.
  ///   - oldHeight: Rows, as they lie, px.
  ///   - channels: 1 or 3.
  ///   - orientation: How the picture lies.
  ///   - resizing: What it is resized to, once it stands upright.
  init(
    width oldWidth: Int, height oldHeight: Int, channels: Int,
    orientation: Orientation = .upright, to resizing: Resizing
  ) {
    let old = orientation.swappingSides((oldWidth, oldHeight))
    var columns = ResamplingKernel(from: old.width, to: resizing.width)
    var rows = ResamplingKernel(from: old.height, to: resizing.height)
    if orientation.mirrorsColumns { columns = columns.reversed(from: old.width) }
    if orientation.mirrorsRows { rows = rows.reversed(from: old.height) }
    let swaps = orientation.swapsSides
    (width, height) = orientation.swappingSides((resizing.width, resizing.height))
    self.channels = channels
    isDownFirst = resizing.isDownFirst(fromWidth: old.width, height: old.height) != swaps
    // A pass that would change nothing is left out.
    if width != oldWidth {
      across = AcrossPass(swaps ? rows : columns, width: oldWidth, channels: channels)
    }
    if height != oldHeight {
      let stride = (isDownFirst ? oldWidth : width) * channels
      down = DownPass(swaps ? columns : rows, stride: stride)
    }
    pixels.reserveCapacity(width * height * channels)
  }

  /// Takes the next rows.
  ///
  /// - Parameter rows: `[any number, old width, C]`.
  mutating func add(_ rows: [UInt8]) {
    if isDownFirst {
      let fewer = down?(rows) ?? rows
      pixels += across?(fewer) ?? fewer
    } else {
      let narrow = across?(rows) ?? rows
      pixels += down?(narrow) ?? narrow
    }
  }

  /// The new picture, lying as the old one did, once all rows are added.
  var image: Image { Image(width: width, height: height, channels: channels, pixels: pixels) }
}

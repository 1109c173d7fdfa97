import CCodecs

/// Which of the two passes of a resize comes first.
///
/// The result is rounded to 8 bits between them, so that the order shows in the lowest bit.
public enum ResizingOrder: Sendable {
  /// The horizontal pass first: Pillow before 13.
  case horizontalFirst
  /// The vertical pass first where the height shrinks by more than twice what the width does:
  /// Pillow 13.
  case shrinkingHeightFirst
}

/// What an image is resized to.
public struct Resizing: Sendable, Equatable {
  /// Given an image's upright width and height, px, what it is resized to, if that is known.
  public typealias Choice = @Sendable (_ width: Int, _ height: Int) -> Resizing?

  /// New width, px, at least 1.
  public var width: Int
  /// New height, px, at least 1.
  public var height: Int
  /// Which pass comes first.
  public var order: ResizingOrder
  /// 1 makes the image gray before it is resized, 3 leaves it as it is.
  public var channels: Int

  /// Says what an image is resized to.
  ///
  /// - Parameters:
  ///   - width: New width, px.
  ///   - height: New height, px; the aspect ratio is not kept.
  ///   - order: Which pass comes first.
  ///   - channels: 1 makes the image gray before it is resized, 3 leaves it as it is.
  /// - Precondition: The new image has a pixel.
  public init(
    width: Int, height: Int, order: ResizingOrder = .shrinkingHeightFirst, channels: Int = 3
  ) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    self.width = width
    self.height = height
    self.order = order
    self.channels = channels
  }

  /// Whether the vertical pass comes first for an image of this size.
  fileprivate func isVerticalFirst(fromWidth oldWidth: Int, height oldHeight: Int) -> Bool {
    let shrinkage = (width: oldWidth - width, height: oldHeight - height)
    return order == .shrinkingHeightFirst && shrinkage.height > 0
      && shrinkage.height > 2 * shrinkage.width
  }
}

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
  /// - Returns: An image of exactly that size; the aspect ratio is not kept.
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
  /// - Returns: An image of exactly that size.
  public func resized(to resizing: Resizing) -> Image {
    if width == resizing.width && height == resizing.height { return self }
    var resizer = StripResizer(width: width, height: height, channels: channels, to: resizing)
    resizer.add(pixels)
    return resizer.image
  }
}

/// Resizes an image that comes in strips of whole rows, from top to bottom.
///
/// Memory is needed for the strip, for the old rows that a new one is made from, and for the new
/// image; never for the old one. An image that is stored rotated or mirrored gets the same passes
/// as the upright one, so that the small result can be oriented instead of the large original.
struct StripResizer {
  private let width: Int
  private let height: Int
  private let channels: Int
  private let isVerticalFirst: Bool
  private var horizontal: HorizontalPass?
  private var vertical: VerticalPass?
  private var pixels: [UInt8] = []

  /// Prepares to resize an image.
  ///
  /// - Parameters:
  ///   - oldWidth: Columns, as stored, px.
  ///   - oldHeight: Rows, as stored, px.
  ///   - channels: 1 or 3.
  ///   - orientation: How the image is stored.
  ///   - resizing: What the upright image is resized to.
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
    isVerticalFirst = resizing.isVerticalFirst(fromWidth: old.width, height: old.height) != swaps
    // A pass that would change nothing is left out.
    if width != oldWidth {
      horizontal = HorizontalPass(swaps ? rows : columns, width: oldWidth, channels: channels)
    }
    if height != oldHeight {
      let stride = (isVerticalFirst ? oldWidth : width) * channels
      vertical = VerticalPass(swaps ? columns : rows, stride: stride)
    }
    pixels.reserveCapacity(width * height * channels)
  }

  /// Takes the next rows.
  ///
  /// - Parameter rows: `[any number, old width, C]`.
  mutating func add(_ rows: [UInt8]) {
    if isVerticalFirst {
      let fewer = vertical?(rows) ?? rows
      pixels += horizontal?(fewer) ?? fewer
    } else {
      let narrow = horizontal?(rows) ?? rows
      pixels += vertical?(narrow) ?? narrow
    }
  }

  /// The new image, stored as the old one, once all rows are added.
  var image: Image { Image(width: width, height: height, channels: channels, pixels: pixels) }
}

/// The horizontal pass: makes every row narrower or wider.
private struct HorizontalPass {
  private let kernel: ResamplingKernel
  private let width: Int
  private let channels: Int
  private var scratch: [UInt8]

  /// Prepares for rows of one width.
  ///
  /// - Parameters:
  ///   - kernel: From the old width to the new.
  ///   - width: The old width, px.
  ///   - channels: 1 or 3.
  init(_ kernel: ResamplingKernel, width: Int, channels: Int) {
    self.kernel = kernel
    self.width = width
    self.channels = channels
    scratch = [UInt8](repeating: 0, count: 16 * channels * (width + kernel.windows.count))
  }

  /// Resamples rows.
  ///
  /// - Parameter rows: Any number of them.
  /// - Returns: As many of the new width.
  mutating func callAsFunction(_ rows: [UInt8]) -> [UInt8] {
    let count = rows.count / (width * channels)
    let newCount = count * kernel.windows.count * channels
    return [UInt8](unsafeUninitializedCapacity: newCount) { new, filled in
      kernel.withResampling { resampling in
        scratch.withUnsafeMutableBufferPointer { scratch in
          cc_resample_horizontally(
            resampling, rows, width, count, channels, new.baseAddress, scratch.baseAddress)
        }
      }
      filled = newCount
    }
  }
}

/// The vertical pass: makes fewer rows or more, each as soon as the rows that it is made from are
/// there.
private struct VerticalPass {
  private let kernel: ResamplingKernel
  private let stride: Int
  /// Old rows, from the `first` on, that windows may still need.
  private var waiting: [UInt8] = []
  private var first = 0
  private var made = 0

  /// Prepares for rows of one length.
  ///
  /// - Parameters:
  ///   - kernel: From the old height to the new.
  ///   - stride: Samples in a row.
  init(_ kernel: ResamplingKernel, stride: Int) {
    self.kernel = kernel
    self.stride = stride
  }

  /// Takes the next rows.
  ///
  /// - Parameter rows: Any number of them.
  /// - Returns: The new rows that can be made now.
  mutating func callAsFunction(_ rows: [UInt8]) -> [UInt8] {
    if waiting.isEmpty { waiting = rows } else { waiting += rows }
    let end = first + waiting.count / stride
    let windows = kernel.windows[made...].prefix { Int($0.first + $0.count) <= end }
    let new = [UInt8](unsafeUninitializedCapacity: windows.count * stride) { new, filled in
      guard let target = new.baseAddress else { return }
      waiting.withUnsafeBufferPointer { old in
        kernel.withResampling { resampling in
          for (i, window) in windows.enumerated() {
            cc_resample_vertically(
              old.baseAddress.map { $0 + (Int(window.first) - first) * stride },
              resampling.pointee.weights + Int(window.weights), Int(window.count), stride,
              target + i * stride)
          }
        }
      }
      filled = windows.count * stride
    }
    made += windows.count
    drop(before: made < kernel.windows.count ? Int(kernel.windows[made].first) : end)
    return new
  }

  /// Drops rows, but not a few at a time, since the others have to move.
  private mutating func drop(before row: Int) {
    let count = min(row - first, waiting.count / stride) * stride
    guard 2 * count > waiting.count else { return }
    waiting.removeFirst(count)
    first += count / stride
  }
}

/// The weights with which one side of an image is made from its old samples.
///
/// Source: Pillow, src/libImaging/Resample.c, `precompute_coeffs` and `normalize_coeffs_8bpc`.
private struct ResamplingKernel {
  /// For every new sample, in order.
  let windows: [cc_window]
  /// In 22-bit fixed point; those of a window sum to about 1.
  let weights: [Int32]

  /// 32 bits less 8 for the sample and 2 for overshoot.
  private static let precision: Int32 = 32 - 8 - 2

  /// Computes the weights.
  ///
  /// - Parameters:
  ///   - old: Samples on the old side, at least 1.
  ///   - new: Samples on the new side, at least 1.
  init(from old: Int, to new: Int) {
    let scale = Double(old) / Double(new)
    // A kernel that grows with the scale is what antialiases.
    let stretch = max(scale, 1)
    let support = 2 * stretch
    var windows: [cc_window] = []
    var weights: [Int32] = []
    for i in 0..<new {
      let center = (Double(i) + 0.5) * scale
      let first = max(0, Int(center - support + 0.5))
      let end = min(old, Int(center + support + 0.5))
      let exact = (0..<end - first).map { k in
        Self.bicubic((Double(k + first) - center + 0.5) * (1 / stretch))
      }
      let sum = exact.reduce(0, +)
      windows.append(
        cc_window(
          first: UInt32(first), count: UInt32(exact.count), weights: UInt32(weights.count)))
      weights += exact.map { Self.fixed(sum != 0 ? $0 / sum : $0) }
    }
    self.windows = windows
    self.weights = weights
  }

  /// Keys' cubic convolution with a = -1/2.
  private static func bicubic(_ signed: Double) -> Double {
    let x = abs(signed)
    let a = -0.5
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
    return 0
  }

  /// Rounds half away from zero.
  private static func fixed(_ weight: Double) -> Int32 {
    let scaled = weight * Double(1 << precision)
    return Int32(weight < 0 ? scaled - 0.5 : scaled + 0.5)
  }

  /// Counts from the other end, on both sides.
  ///
  /// - Parameter old: Samples on the old side.
  /// - Returns: What makes of mirrored samples the mirrored new ones.
  func reversed(from old: Int) -> ResamplingKernel {
    let windows = self.windows.reversed().map { window in
      cc_window(
        first: UInt32(old) - window.first - window.count, count: window.count,
        weights: UInt32(weights.count) - window.weights - window.count)
    }
    return ResamplingKernel(windows: windows, weights: weights.reversed())
  }

  /// Passes the windows and weights to the C functions.
  func withResampling<Result>(_ body: (UnsafePointer<cc_resampling>) -> Result) -> Result {
    windows.withUnsafeBufferPointer { windows in
      weights.withUnsafeBufferPointer { weights in
        var resampling = cc_resampling(
          windows: windows.baseAddress, count: windows.count, weights: weights.baseAddress)
        return body(&resampling)
      }
    }
  }

  private init(windows: [cc_window], weights: [Int32]) {
    self.windows = windows
    self.weights = weights
  }
}

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
  /// - Throws: `OutOfMemory`.
  ///
  /// Source: Pillow, src/libImaging/Resample.c.
  public func resized(
    width: Int, height: Int, order: ResizingOrder = .shrinkingHeightFirst
  ) throws(OutOfMemory) -> Image {
    try resized(to: Resizing(width: width, height: height, order: order, channels: channels))
  }

  /// Resizes the way Pillow's `resize(size, BICUBIC)` does, bit for bit.
  ///
  /// - Parameter resizing: The new size.
  /// - Returns: An image of exactly that size.
  /// - Throws: `OutOfMemory`.
  public func resized(to resizing: Resizing) throws(OutOfMemory) -> Image {
    if width == resizing.width && height == resizing.height { return self }
    var resizer = try StripResizer(width: width, height: height, channels: channels, to: resizing)
    try pixels.withUnsafeBufferPointer { pixels throws(OutOfMemory) in try resizer.add(pixels) }
    return resizer.finished()
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
  private let pixels: MutableBuffer<UInt8>
  /// What a pass makes for the other one.
  private let between = MutableBuffer<UInt8>()
  /// Gray made of color.
  private let gray = MutableBuffer<UInt8>()

  /// Prepares to resize an image.
  ///
  /// - Parameters:
  ///   - oldWidth: Columns, as stored, px.
  ///   - oldHeight: Rows, as stored, px.
  ///   - channels: 1 or 3.
  ///   - orientation: How the image is stored.
  ///   - resizing: What the upright image is resized to.
  /// - Throws: `OutOfMemory`.
  init(
    width oldWidth: Int, height oldHeight: Int, channels: Int,
    orientation: Orientation = .upright, to resizing: Resizing
  ) throws(OutOfMemory) {
    let old = orientation.swappingSides((oldWidth, oldHeight))
    let columns = try ResamplingKernel(
      from: old.width, to: resizing.width, isMirrored: orientation.mirrorsColumns)
    let rows = try ResamplingKernel(
      from: old.height, to: resizing.height, isMirrored: orientation.mirrorsRows)
    let swaps = orientation.swapsSides
    (width, height) = orientation.swappingSides((resizing.width, resizing.height))
    self.channels = channels
    isVerticalFirst = resizing.isVerticalFirst(fromWidth: old.width, height: old.height) != swaps
    // A pass that would change nothing is left out.
    if width != oldWidth {
      horizontal = try HorizontalPass(swaps ? rows : columns, width: oldWidth, channels: channels)
    }
    if height != oldHeight {
      let stride = (isVerticalFirst ? oldWidth : width) * channels
      vertical = VerticalPass(swaps ? columns : rows, stride: stride)
    }
    pixels = try MutableBuffer(capacity: width * height * channels)
  }

  /// Takes the next rows.
  ///
  /// - Parameter rows: `[any number, old width, C]`.
  /// - Throws: `OutOfMemory`.
  mutating func add(_ rows: UnsafeBufferPointer<UInt8>) throws(OutOfMemory) {
    switch (horizontal, vertical, isVerticalFirst) {
    case (nil, nil, _): try pixels.append(rows)
    case (let horizontal?, nil, _): try horizontal.append(rows, to: pixels)
    case (nil, _?, _): try vertical?.append(rows, to: pixels)
    case (let horizontal?, _?, let isVerticalFirst):
      between.truncate(to: 0)
      if isVerticalFirst {
        try vertical?.append(rows, to: between)
        try between.withElements { fewer throws(OutOfMemory) in
          try horizontal.append(UnsafeBufferPointer(fewer), to: pixels)
        }
      } else {
        try horizontal.append(rows, to: between)
        try between.withElements { narrow throws(OutOfMemory) in
          try vertical?.append(UnsafeBufferPointer(narrow), to: pixels)
        }
      }
    }
  }

  /// Takes the next rows of a color image that becomes gray first.
  ///
  /// - Parameter rows: `[any number, old width, 3]`.
  /// - Throws: `OutOfMemory`.
  mutating func add(grayOf rows: UnsafeBufferPointer<UInt8>) throws(OutOfMemory) {
    gray.truncate(to: 0)
    try gray.append(count: rows.count / 3) { Luma.convert(rows, to: $0) }
    try gray.withElements { gray throws(OutOfMemory) in try add(UnsafeBufferPointer(gray)) }
  }

  /// The new image, stored as the old one, once all rows are added.
  func finished() -> Image {
    Image(width: width, height: height, channels: channels, pixels: pixels.frozen())
  }
}

/// The horizontal pass: makes every row narrower or wider.
private struct HorizontalPass {
  private let kernel: ResamplingKernel
  private let width: Int
  private let channels: Int
  private let scratch: MutableBuffer<UInt8>

  /// Prepares for rows of one width.
  ///
  /// - Parameters:
  ///   - kernel: From the old width to the new.
  ///   - width: The old width, px.
  ///   - channels: 1 or 3.
  /// - Throws: `OutOfMemory`.
  init(_ kernel: ResamplingKernel, width: Int, channels: Int) throws(OutOfMemory) {
    self.kernel = kernel
    self.width = width
    self.channels = channels
    scratch = try MutableBuffer(
      repeating: 0, count: 16 * channels * (width + kernel.windows.count))
  }

  /// Resamples rows.
  ///
  /// - Parameters:
  ///   - rows: Any number of them.
  ///   - output: Gets as many of the new width.
  /// - Throws: `OutOfMemory`.
  func append(
    _ rows: UnsafeBufferPointer<UInt8>, to output: MutableBuffer<UInt8>
  ) throws(OutOfMemory) {
    let count = rows.count / (width * channels)
    try output.append(count: count * kernel.windows.count * channels) { new in
      kernel.withResampling { resampling in
        scratch.withElements { scratch in
          cc_resample_horizontally(
            resampling, rows.baseAddress, width, count, channels, new.baseAddress,
            scratch.baseAddress)
        }
      }
    }
  }
}

/// The vertical pass: makes fewer rows or more, each as soon as the rows that it is made from are
/// there.
private struct VerticalPass {
  private let kernel: ResamplingKernel
  private let stride: Int
  /// Old rows, from the `first` on, that windows may still need.
  private let waiting = MutableBuffer<UInt8>()
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
  /// - Parameters:
  ///   - rows: Any number of them.
  ///   - output: Gets the new rows that can be made now.
  /// - Throws: `OutOfMemory`.
  mutating func append(
    _ rows: UnsafeBufferPointer<UInt8>, to output: MutableBuffer<UInt8>
  ) throws(OutOfMemory) {
    // An image that comes whole is not copied.
    guard waiting.count > 0 || rows.count / stride < kernel.oldCount else {
      return try make(from: rows, to: output)
    }
    try waiting.append(rows)
    try waiting.withElements { rows throws(OutOfMemory) in
      try make(from: UnsafeBufferPointer(rows), to: output)
    }
    let end = first + waiting.count / stride
    let isDone = made == kernel.windows.count
    drop(before: isDone ? end : Int(kernel.windows[made].first))
  }

  /// Makes what can be made of the rows from `first` on.
  private mutating func make(
    from old: UnsafeBufferPointer<UInt8>, to output: MutableBuffer<UInt8>
  ) throws(OutOfMemory) {
    let end = first + old.count / stride
    let windows = kernel.windows[made...].prefix { Int($0.first + $0.count) <= end }
    try output.append(count: windows.count * stride) { new in
      guard let target = new.baseAddress else { return }
      kernel.withResampling { resampling in
        for (i, window) in windows.enumerated() {
          cc_resample_vertically(
            old.baseAddress.map { $0 + (Int(window.first) - first) * stride },
            resampling.pointee.weights + Int(window.weights), Int(window.count), stride,
            target + i * stride)
        }
      }
    }
    made += windows.count
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
  let windows: Buffer<cc_window>
  /// In 22-bit fixed point; those of a window sum to about 1.
  let weights: Buffer<Int32>
  /// Samples on the old side.
  let oldCount: Int

  /// 32 bits less 8 for the sample and 2 for overshoot.
  private static let precision: Int32 = 32 - 8 - 2

  /// Computes the weights.
  ///
  /// - Parameters:
  ///   - old: Samples on the old side, at least 1.
  ///   - new: Samples on the new side, at least 1.
  ///   - isMirrored: Whether both sides are stored from their other ends.
  /// - Throws: `OutOfMemory`.
  init(from old: Int, to new: Int, isMirrored: Bool) throws(OutOfMemory) {
    let scale = Double(old) / Double(new)
    // A kernel that grows with the scale is what antialiases.
    let stretch = max(scale, 1)
    let support = 2 * stretch
    let (most, overflows) = new.multipliedReportingOverflow(by: Int(2 * support) + 2)
    // Windows count their weights in 32 bits.
    guard !overflows, most <= UInt32.max else { throw OutOfMemory(byteCount: .max) }
    let windows = try MutableBuffer<cc_window>(capacity: new)
    let weights = try MutableBuffer<Int32>(capacity: most)
    for i in 0..<new {
      let center = (Double(i) + 0.5) * scale
      let first = max(0, Int(center - support + 0.5))
      let end = min(old, Int(center + support + 0.5))
      let exact = { k in Self.bicubic((Double(k + first) - center + 0.5) * (1 / stretch)) }
      let indices = 0..<end - first
      let sum = indices.reduce(0) { $0 + exact($1) }
      let window = cc_window(
        first: UInt32(first), count: UInt32(indices.count), weights: UInt32(weights.count))
      try windows.append(window)
      for k in indices { try weights.append(Self.fixed(sum != 0 ? exact(k) / sum : exact(k))) }
    }
    oldCount = old
    if isMirrored { Self.mirror(windows, weights, from: old) }
    (self.windows, self.weights) = (windows.frozen(), weights.frozen())
  }

  /// Counts from the other end, on both sides: what makes of mirrored samples the mirrored new ones.
  private static func mirror(
    _ windows: MutableBuffer<cc_window>, _ weights: MutableBuffer<Int32>, from old: Int
  ) {
    let count = weights.count
    weights.withElements { weights in
      var weights = weights
      weights.reverse()
    }
    windows.withElements { windows in
      var windows = windows
      windows.reverse()
      for i in windows.indices {
        windows[i].first = UInt32(old) - windows[i].first - windows[i].count
        windows[i].weights = UInt32(count) - windows[i].weights - windows[i].count
      }
    }
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
}

/// What happens to every image before a network sees it, as in the official code, but for
/// `scale_width`: it leaves sides that no ResNet generator can take, which are rounded here.
///
/// The order is fixed: channels, size, crop, flip. `PreprocessingTests` holds the sizes against
/// the official formulas.
///
/// Source: junyanz/pytorch-CycleGAN-and-pix2pix, data/base_dataset.py, `get_transform`.
package struct Preprocessing: Sendable, Equatable {
  /// The official `--preprocess`.
  package enum Mode: String, Sendable, CaseIterable {
    /// To a square of `loadSize`, without keeping the aspect ratio, then a random crop.
    case resizeAndCrop = "resize_and_crop"
    /// A random crop only.
    case crop
    /// To the width `loadSize` and a height of at least `cropSize`, then as `none`.
    case scaleWidth = "scale_width"
    /// To the width `loadSize` and a height of at least `cropSize`, then a random crop.
    case scaleWidthAndCrop = "scale_width_and_crop"
    /// Each side to the nearest multiple of 4.
    case none
  }

  /// How size and part are chosen.
  package var mode: Mode
  /// The official `--load_size`, px.
  package var loadSize: Int
  /// The official `--crop_size`, px.
  package var cropSize: Int
  /// Whether half of the images, chosen at random, are mirrored.
  package var flips: Bool
  /// 1 or 3.
  package var channels: Int
  /// The most pixels that a resized image may have.
  package var maximumPixels: Int
  /// Which pass of a resize comes first.
  package var order = ResizingOrder.shrinkingHeightFirst

  /// Chooses what to do.
  ///
  /// - Parameters:
  ///   - mode: How size and part are chosen.
  ///   - loadSize: The official `--load_size`, px.
  ///   - cropSize: The official `--crop_size`, px.
  ///   - flips: Whether half of the images, chosen at random, are mirrored.
  ///   - channels: 1 or 3.
  ///   - maximumPixels: The most pixels that a resized image may have.
  package init(
    mode: Mode = .resizeAndCrop, loadSize: Int = 286, cropSize: Int = 256, flips: Bool = true,
    channels: Int = 3, maximumPixels: Int = 100_000_000
  ) {
    precondition(loadSize > 0 && cropSize > 0, "an image has at least one pixel")
    self.mode = mode
    self.loadSize = loadSize
    self.cropSize = cropSize
    self.flips = flips
    self.channels = channels
    self.maximumPixels = maximumPixels
  }

  /// Prepares an image.
  ///
  /// Random numbers are drawn in the official order: top, left, flip; no position is drawn where
  /// there is only one.
  ///
  /// - Parameters:
  ///   - image: As decoded.
  ///   - random: Where the crop's position and the flip come from.
  /// - Returns: What the network is to see.
  /// - Throws: `PreprocessingError` if the image is smaller than the crop or grows too large.
  package func callAsFunction(
    _ image: Image, random: inout RandomSource
  ) throws(PreprocessingError) -> Image {
    let sized = try sized(image)
    let part = crops ? try sized.randomPart(of: cropSize, random: &random) : sized
    guard flips && random.unit() < 0.5 else { return part }
    return try PreprocessingError.allocating(try part.flipped())
  }

  /// Does the part that is the same every time: channels and size.
  ///
  /// - Parameter image: As decoded.
  /// - Returns: What the crop is taken from.
  /// - Throws: `PreprocessingError` if nothing would be left, or the image grows too large.
  package func sized(_ image: Image) throws(PreprocessingError) -> Image {
    let new = try resizing(width: image.width, height: image.height)
    return try PreprocessingError.allocating(
      try (channels == 1 ? image.gray() : image.rgb()).resized(to: new))
  }

  /// What an image is resized to, before the crop.
  ///
  /// - Parameters:
  ///   - width: Its width, px.
  ///   - height: Its height, px.
  /// - Returns: The size, and whether it is gray then.
  /// - Throws: `PreprocessingError` if nothing would be left, or the image grows too large.
  package func resizing(width: Int, height: Int) throws(PreprocessingError) -> Resizing {
    let new = try size(width: width, height: height)
    guard new.width <= maximumPixels / new.height else {
      throw .tooLarge(width: new.width, height: new.height, limit: maximumPixels)
    }
    return Resizing(width: new.width, height: new.height, order: order, channels: channels)
  }

  /// The size an image is resized to, before the crop.
  ///
  /// - Parameters:
  ///   - width: Its width, px.
  ///   - height: Its height, px.
  /// - Returns: The new width and height, px.
  /// - Throws: `PreprocessingError` if nothing would be left.
  package func size(
    width: Int, height: Int
  ) throws(PreprocessingError) -> (width: Int, height: Int) {
    switch mode {
    case .resizeAndCrop: return (loadSize, loadSize)
    case .crop: return (width, height)
    case .scaleWidth:
      let scaled = try scaledToWidth(width: width, height: height)
      return try Self.rounded(width: scaled.width, height: scaled.height)
    case .scaleWidthAndCrop: return try scaledToWidth(width: width, height: height)
    case .none: return try Self.rounded(width: width, height: height)
    }
  }

  /// To the width `loadSize`, with the aspect ratio where the height is enough for a crop.
  ///
  /// Source: data/base_dataset.py, `__scale_width`.
  private func scaledToWidth(
    width: Int, height: Int
  ) throws(PreprocessingError) -> (width: Int, height: Int) {
    if width == loadSize && height >= cropSize { return (width, height) }
    let scaled = Double(loadSize) * Double(height) / Double(width)
    guard scaled < Double(maximumPixels) else {
      throw .tooLarge(width: loadSize, height: Int(min(scaled, 0x1p62)), limit: maximumPixels)
    }
    return (loadSize, Int(max(scaled, Double(cropSize))))
  }

  /// Each side to the nearest multiple of 4.
  ///
  /// Source: data/base_dataset.py, `__make_power_2`.
  private static func rounded(
    width: Int, height: Int
  ) throws(PreprocessingError) -> (width: Int, height: Int) {
    let new = (width: rounded(width), height: rounded(height))
    guard new.width > 0 && new.height > 0 else {
      throw .tooSmall(width: width, height: height, needed: 3)
    }
    return new
  }

  /// A side to the nearest multiple of 4.
  ///
  /// - Parameter side: Its length, px.
  /// - Returns: Of two that are equally near the multiple of 8, as Python rounds.
  package static func rounded(_ side: Int) -> Int {
    // A side beyond what Double holds exactly is above every limit.
    guard side < 1 << 52 else { return side }
    return Int((Double(side) / 4).rounded(.toNearestOrEven)) * 4
  }

  private var crops: Bool {
    switch mode {
    case .resizeAndCrop, .crop, .scaleWidthAndCrop: true
    case .scaleWidth, .none: false
    }
  }
}

extension Image {
  /// Cuts out a square at a random position.
  ///
  /// - Parameters:
  ///   - side: Width and height of the square, px.
  ///   - random: Where the position comes from; nothing is drawn if there is only one.
  /// - Returns: The part of the image inside.
  /// - Throws: `PreprocessingError` if the image is smaller than the square.
  ///
  /// Source: torchvision, transforms.RandomCrop.
  fileprivate func randomPart(
    of side: Int, random: inout RandomSource
  ) throws(PreprocessingError) -> Image {
    guard width >= side && height >= side else {
      throw .smallerThanCrop(width: width, height: height, side: side)
    }
    if width == side && height == side { return self }
    let y = random.integer(below: height - side + 1)
    let x = random.integer(below: width - side + 1)
    return try PreprocessingError.allocating(try cropped(x: x, y: y, width: side, height: side))
  }
}

/// Why an image cannot be prepared.
package enum PreprocessingError: ResourceLimited, OutOfMemoryError, Equatable {
  /// A side would be rounded to 0, since it is shorter than this, px.
  case tooSmall(width: Int, height: Int, needed: Int)
  /// There is less than the crop needs.
  case smallerThanCrop(width: Int, height: Int, side: Int)
  /// There is less than the part that is to be cut out reaches to.
  case smallerThanPart(width: Int, height: Int, partWidth: Int, partHeight: Int)
  /// The resized image would be larger than the limit.
  case tooLarge(width: Int, height: Int, limit: Int)
  /// The system lacks the memory.
  case outOfMemory(OutOfMemory)

  /// One line for standard error, without the file name.
  package var description: String {
    switch self {
    case .tooSmall(let width, let height, let needed):
      "\(width) x \(height) pixels; each side must be at least \(needed) to be a multiple of 4"
    case .smallerThanCrop(let width, let height, let side):
      "\(width) x \(height) pixels, smaller than the crop of \(side) x \(side)"
    case .smallerThanPart(let width, let height, let partWidth, let partHeight):
      "\(width) x \(height) pixels; the part to cut out needs \(partWidth) x \(partHeight)"
    case .tooLarge(let width, let height, let limit):
      "would be resized to \(width) x \(height) pixels; the limit is \(limit)"
    case .outOfMemory(let error): "\(error)"
    }
  }

  /// The limit that was exceeded; nil for every other reason.
  package var exceededLimit: ResourceLimit? {
    if case .tooLarge = self { .pixels } else { nil }
  }
}

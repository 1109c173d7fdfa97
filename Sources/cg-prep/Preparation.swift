import CycleGAN

/// What happens to every image: resize, crop, flip, in this order.
struct Preparation: Sendable {
  enum NewSize: Sendable {
    case exact(Size)
    case width(Int)
  }

  var size: NewSize?
  var crop: Size?
  var position: CropPosition
  var flips: Bool
  var channels: Int?
  var order: ResizingOrder
  /// Gives every image a stream of its own, so that the threads don't matter.
  var random: RandomSource
  /// The official preprocessing, instead of size, crop and flip.
  var official: Preprocessing?
  var maximumPixels = DecodingOptions().maximumPixels

  /// Whether images are resized.
  var resizes: Bool {
    switch official?.mode {
    case nil: size != nil
    case .resizeAndCrop, .scaleWidth, .scaleWidthAndCrop: true
    case .crop, .none?: false
    }
  }

  /// What an image is resized to while it is decoded.
  var resizing: Resizing.Choice? {
    guard size != nil || official != nil else { return nil }
    return { width, height in
      // An image that cannot be resized is refused after it is decoded, with the reason.
      try? resizing(width: width, height: height, channels: 3)
    }
  }

  private var changesNothing: Bool {
    size == nil && crop == nil && !flips && channels == nil && official == nil
  }

  /// Prepares an image.
  ///
  /// - Parameters:
  ///   - frame: As decoded; float32 samples are rounded to uint8 where anything is to be done.
  ///   - index: Counted from 0.
  /// - Returns: uint8 samples.
  /// - Throws: `PreprocessingError` if it is smaller than the crop, or would grow too large;
  ///   `SampleRangeError` if it has float32 samples outside -1...1.
  func callAsFunction(_ frame: Frame, _ index: Int) throws -> Frame {
    guard !changesNothing else { return frame }
    try frame.requireNetworkRange()
    var random = self.random.stream(index)
    let image = try Image(frame)
    if let official = official(channels: channels ?? image.channels) {
      return Frame(try official(image, random: &random))
    }
    // Gray before the resize, as in the official code.
    let colored = try channels.map { $0 == 1 ? try image.gray() : try image.rgb() } ?? image
    let resizing = try resizing(
      width: colored.width, height: colored.height, channels: colored.channels)
    let sized = try resizing.map { try colored.resized(to: $0) } ?? colored
    let part = try crop.map { size throws(PreprocessingError) in
      try cropped(sized, to: size, &random)
    }
    return Frame(flips ? try (part ?? sized).flipped() : part ?? sized)
  }

  private func resizing(
    width: Int, height: Int, channels given: Int
  ) throws(PreprocessingError) -> Resizing? {
    let channels = self.channels ?? given
    if let official = official(channels: channels) {
      return try official.resizing(width: width, height: height)
    }
    let new: (width: Int, height: Int)
    switch size {
    case nil: return nil
    case .exact(let size): new = (size.width, size.height)
    case .width(let wanted):
      let exact = Double(wanted) * Double(height) / Double(width)
      new = (wanted, max(1, Int(min(exact, 0x1p62))))
    }
    guard new.width <= maximumPixels / new.height else {
      throw .tooLarge(width: new.width, height: new.height, limit: maximumPixels)
    }
    return Resizing(width: new.width, height: new.height, order: order, channels: channels)
  }

  private func official(channels: Int) -> Preprocessing? {
    var official = self.official
    official?.channels = channels
    official?.order = order
    official?.maximumPixels = maximumPixels
    return official
  }

  private func cropped(
    _ image: Image, to size: Size, _ random: inout RandomSource
  ) throws(PreprocessingError) -> Image {
    let (spareX, spareY) = (image.width - size.width, image.height - size.height)
    guard spareX >= 0, spareY >= 0 else {
      throw .smallerThanPart(
        width: image.width, height: image.height, partWidth: size.width, partHeight: size.height)
    }
    let (x, y): (Int, Int)
    switch position {
    case .center:
      // As torchvision's CenterCrop: halves round to even.
      (x, y) = (Self.half(spareX), Self.half(spareY))
    case .random:
      y = random.integer(below: spareY + 1)
      x = random.integer(below: spareX + 1)
    case .at(let left, let top):
      guard left <= spareX, top <= spareY else {
        throw .smallerThanPart(
          width: image.width, height: image.height, partWidth: left + size.width,
          partHeight: top + size.height)
      }
      (x, y) = (left, top)
    }
    return try PreprocessingError.allocating(
      try image.cropped(x: x, y: y, width: size.width, height: size.height))
  }

  private static func half(_ count: Int) -> Int {
    Int((Double(count) / 2).rounded(.toNearestOrEven))
  }
}

import CycleGAN

/// What happens to every picture: size, part, mirror, in this order.
struct Preparation: Sendable {
  enum NewSize: Sendable {
    case exact(Size)
    case width(Int)
  }

  var size: NewSize?
  var part: Size?
  var place: CropPlace
  var flips: Bool
  var channels: Int?
  var order: ResizingOrder
  /// Gives every picture a source of its own, so that the threads don't matter.
  var random: RandomSource
  /// The official way, in place of size, part and flip.
  var official: Preprocessing?
  var maximumPixels = DecodingOptions().maximumPixels

  /// Whether pictures get another size than they have.
  var resizes: Bool {
    switch official?.mode {
    case nil: size != nil
    case .resizeAndCrop, .scaleWidth, .scaleWidthAndCrop: true
    case .crop, .none?: false
    }
  }

  /// What a picture is resized to while it is decoded.
  var resizing: Resizing.Choice? {
    guard size != nil || official != nil else { return nil }
    return { width, height in
      // A picture that cannot get its size is refused after it is decoded, with the reason.
      try? resizing(width: width, height: height, channels: 3)
    }
  }

  private var changesNothing: Bool {
    size == nil && part == nil && !flips && channels == nil && official == nil
  }

  /// Prepares a picture.
  ///
  /// - Parameters:
  ///   - frame: As decoded; values are rounded to levels where anything is to be done.
  ///   - index: Its place in the order, counted from 0.
  /// - Returns: Levels.
  /// - Throws: `PreprocessingError` if it is smaller than the part, or would grow too large.
  func callAsFunction(_ frame: Frame, _ index: Int) throws(PreprocessingError) -> Frame {
    guard !changesNothing else { return frame }
    var random = self.random.stream(index)
    let image = Image(frame)
    if let official = official(channels: channels ?? image.channels) {
      return Frame(try official(image, random: &random))
    }
    // Grey before the resize, as in the official code.
    let coloured = channels.map { $0 == 1 ? image.gray() : image.rgb() } ?? image
    let resizing = try resizing(
      width: coloured.width, height: coloured.height, channels: coloured.channels)
    let sized = resizing.map { coloured.resized(to: $0) } ?? coloured
    let cut = try part.map { part throws(PreprocessingError) in
      try cropped(sized, to: part, &random)
    }
    return Frame(flips ? (cut ?? sized).flipped() : cut ?? sized)
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
    _ image: Image, to part: Size, _ random: inout RandomSource
  ) throws(PreprocessingError) -> Image {
    let (spareX, spareY) = (image.width - part.width, image.height - part.height)
    guard spareX >= 0, spareY >= 0 else {
      throw .smallerThanPart(
        width: image.width, height: image.height, partWidth: part.width, partHeight: part.height)
    }
    let (x, y): (Int, Int)
    switch place {
    case .center:
      // As torchvision's CenterCrop: a half goes to the even neighbour.
      (x, y) = (Self.half(spareX), Self.half(spareY))
    case .random:
      y = random.integer(below: spareY + 1)
      x = random.integer(below: spareX + 1)
    case .at(let left, let top):
      guard left <= spareX, top <= spareY else {
        throw .smallerThanPart(
          width: image.width, height: image.height, partWidth: left + part.width,
          partHeight: top + part.height)
      }
      (x, y) = (left, top)
    }
    return image.cropped(x: x, y: y, width: part.width, height: part.height)
  }

  private static func half(_ count: Int) -> Int {
    Int((Double(count) / 2).rounded(.toNearestOrEven))
  }
}

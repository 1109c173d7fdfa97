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

  /// Twice the size that pictures get, below which the resize would have too little to average.
  var leastSize: (width: Int, height: Int)? {
    if let official {
      switch official.mode {
      case .resizeAndCrop: return (2 * official.loadSize, 2 * official.loadSize)
      case .scaleWidth, .scaleWidthAndCrop: return (2 * official.loadSize, 2 * official.cropSize)
      case .crop, .none: return nil
      }
    }
    switch size {
    case .exact(let size): return (2 * size.width, 2 * size.height)
    case .width(let width): return (2 * width, 1)
    case nil: return nil
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
    if var official {
      official.channels = channels ?? image.channels
      official.order = order
      official.maximumPixels = maximumPixels
      return Frame(try official(image, random: &random))
    }
    // Grey before the resize, as in the official code.
    let coloured = channels.map { $0 == 1 ? image.grey() : image.rgb() } ?? image
    let sized = try resized(coloured)
    let cut = try part.map { part throws(PreprocessingError) in
      try cropped(sized, to: part, &random)
    }
    return Frame(flips ? (cut ?? sized).flipped() : cut ?? sized)
  }

  private func resized(_ image: Image) throws(PreprocessingError) -> Image {
    let width: Int
    let height: Int
    switch size {
    case nil: return image
    case .exact(let size): (width, height) = (size.width, size.height)
    case .width(let wanted):
      width = wanted
      let exact = Double(wanted) * Double(image.height) / Double(image.width)
      height = max(1, Int(min(exact, 0x1p62)))
    }
    guard width <= maximumPixels / height else {
      throw .tooLarge(width: width, height: height, limit: maximumPixels)
    }
    return image.resized(width: width, height: height, order: order)
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

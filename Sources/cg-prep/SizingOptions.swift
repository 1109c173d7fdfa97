import ArgumentParser
import CycleGAN

/// Resizing and cropping.
struct SizingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Resize to this size; N means NxN.", valueName: "WxH|N"))
  var resize: Size?

  @Option(help: ArgumentHelp("Resize to this width, and keep the aspect ratio.", valueName: "px"))
  var scaleWidth: Int?

  @Option(help: ArgumentHelp("Crop to this size after resizing.", valueName: "WxH|N"))
  var crop: Size?

  @Option(
    help: ArgumentHelp(
      "Position of the crop: center, random or X,Y (default: center).", valueName: "where"))
  var cropAt: CropPosition?

  @Flag(help: "Flip horizontally; with --preprocess a random half of the images.")
  var flip = false

  @Option(help: ArgumentHelp("Channels of the output: 1 (gray) or 3.", valueName: "n"))
  var channels: Int?

  @Option(help: ArgumentHelp("Seed for random crops and flips.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(help: "Decode large JPEGs at a reduced size that is at least twice the wanted one.")
  var fast = false

  @Option(help: "Version of Pillow whose resize is matched bit for bit.")
  var pillow = Word<PillowVersion>(.thirteen)

  /// Whether a size or a crop was given.
  var isGiven: Bool { resize != nil || scaleWidth != nil || crop != nil || cropAt != nil }

  func validate() throws {
    guard resize == nil || scaleWidth == nil else {
      throw ValidationError("--resize and --scale-width exclude each other")
    }
    guard scaleWidth.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--scale-width must be at least 1, not \(scaleWidth ?? 0)")
    }
    guard cropAt == nil || crop != nil else { throw ValidationError("--crop-at needs --crop") }
    guard channels.map({ $0 == 1 || $0 == 3 }) ?? true else {
      throw ValidationError("--channels must be 1 or 3, not \(channels ?? 0)")
    }
  }

  var preparation: Preparation {
    Preparation(
      size: resize.map { .exact($0) } ?? scaleWidth.map { .width($0) }, crop: crop,
      position: cropAt ?? .center, flips: flip, channels: channels, order: pillow.value.order,
      random: RandomSource(seed: seed))
  }
}

/// Preprocessing with the official options.
struct OfficialOptions: ParsableArguments {
  @Option(help: "Preprocessing mode of the official code.")
  var preprocess: Word<Preprocessing.Mode>?

  @Option(help: ArgumentHelp("Size to resize to (default: 286).", valueName: "px"))
  var loadSize: Int?

  @Option(
    help: ArgumentHelp("Side of the random square crop (default: 256).", valueName: "px"))
  var cropSize: Int?

  /// Whether a size was given.
  var isGiven: Bool { loadSize != nil || cropSize != nil }

  func validate() throws {
    for (name, size) in [("--load-size", loadSize), ("--crop-size", cropSize)] {
      guard size.map({ $0 > 0 }) ?? true else {
        throw ValidationError("\(name) must be at least 1, not \(size ?? 0)")
      }
    }
  }

  func preprocessing(flips: Bool) -> Preprocessing? {
    preprocess.map { mode in
      Preprocessing(
        mode: mode.value, loadSize: loadSize ?? 286, cropSize: cropSize ?? 256, flips: flips)
    }
  }
}

/// `640x480`, or `256` for a square.
struct Size: ExpressibleByArgument, Sendable {
  let width: Int
  let height: Int

  init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(sides.count), let first = sides.first, let last = sides.last,
      let width = first, let height = last, width > 0, height > 0
    else { return nil }
    (self.width, self.height) = (width, height)
  }
}

/// Position of a crop.
enum CropPosition: ExpressibleByArgument, Sendable {
  case center, random
  case at(x: Int, y: Int)

  init?(argument: String) {
    switch argument {
    case "center": self = .center
    case "random": self = .random
    default:
      let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      guard numbers.count == 2, let x = numbers[0], let y = numbers[1], x >= 0, y >= 0 else {
        return nil
      }
      self = .at(x: x, y: y)
    }
  }

  static var defaultCompletionKind: CompletionKind { .list(["center", "random"]) }
}

/// Versions of Pillow whose resize differs.
enum PillowVersion: String, CaseIterable, Sendable {
  case twelve = "12"
  case thirteen = "13"

  var order: ResizingOrder { self == .twelve ? .horizontalFirst : .shrinkingHeightFirst }
}

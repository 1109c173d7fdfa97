import ArgumentParser
import CycleGAN

/// What one image may cost.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most pixels in an image.", valueName: "n"))
  var maxPixels = 100_000_000

  @Option(help: ArgumentHelp("The longest side of an image.", valueName: "px"))
  var maxSide = 32_768

  @Option(help: ArgumentHelp("The largest file.", valueName: "bytes"))
  var maxBytes = 256 << 20

  @Option(help: ArgumentHelp("Memory for images that are decoded already.", valueName: "bytes"))
  var maxCache = 2 << 30

  @Option(help: "Refuse damaged images from this on.")
  var failOn = Word<DamagePolicy>(.error)

  var decoding: DecodingOptions {
    var options = DecodingOptions()
    options.maximumPixels = maxPixels
    options.maximumSide = maxSide
    options.maximumBytes = maxBytes
    options.failOn = failOn.value
    return options
  }

  func validate() throws {
    guard maxPixels > 0, maxSide > 0, maxBytes > 0, maxCache >= 0 else {
      throw ValidationError("limits are at least 1")
    }
  }
}

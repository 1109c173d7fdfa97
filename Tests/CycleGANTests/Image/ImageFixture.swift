import CycleGAN
import Foundation
import Testing

/// An encoded image of the folder Fixtures/images.
struct ImageFixture: CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]

  init(_ name: String) throws {
    self.name = name
    bytes = try Array(Data(contentsOf: Self.folder.appending(path: name)))
  }

  var testDescription: String { name }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/images").standardizedFileURL

  /// Everything in the folder but the expected pixels.
  static let names: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return all.filter { !$0.hasSuffix(".ppm") && !$0.hasSuffix(".py") }.sorted()
  }()

  /// Those with pixels beside them.
  static let namesWithPixels = names.filter {
    FileManager.default.fileExists(atPath: folder.appending(path: $0 + ".ppm").path())
  }

  /// Those that the default options refuse: bombs, lost pixels, and a variant that libjpeg lacks.
  static let refusedNames: Set = [
    "jpeg-12bit-header.jpg", "jpeg-200-scans.jpg", "jpeg-65500x65500.jpg", "jpeg-lost-rows.jpg",
    "png-60000x60000.png", "webp-16383x16383.webp",
  ]

  /// Those that are images with the default options.
  static let decodableNames = names.filter { !refusedNames.contains($0) }

  /// Decodes what may be refused.
  static func image(of bytes: [UInt8], _ options: DecodingOptions) -> Image? {
    do throws(CodecError) { return try Image.decoded(bytes, options: options).image } catch {
      return nil
    }
  }

  /// What decoding has to give.
  static func expectedPixels(of name: String) throws -> Image {
    try Image(decoding: try ImageFixture(name + ".ppm").bytes)
  }
}

extension Image {
  /// The largest difference between samples, or `nil` if the sizes differ.
  func maximumDifference(from other: Image) -> Int? {
    guard (width, height, channels) == (other.width, other.height, other.channels) else {
      return nil
    }
    return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max()
  }

  /// An image without symmetry.
  static func scene(width: Int, height: Int, channels: Int = 3) -> Image {
    let pixels = (0..<(width * height * channels)).map { i in
      let (column, row) = (i / channels % width, i / channels / width)
      return UInt8((column * 5 + row * 3 + i % channels * 40) % 256)
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }
}

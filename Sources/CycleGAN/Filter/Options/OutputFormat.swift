/// What an image is written as.
package enum OutputFormat: Sendable, Equatable {
  /// An encoded image.
  case image(ImageFormat)
  /// One NumPy array, which is a plain stream of one frame.
  case npy

  /// Reads a word of `--format`, or a file's extension.
  ///
  /// - Parameter word: `png`, `jpg`, `webp`, `ppm`, `npy` and their like, in any case.
  package init?(word: String) {
    if word.lowercased() == "npy" {
      self = .npy
      return
    }
    guard let format = ImageFormat(fileExtension: word) else { return nil }
    self = .image(format)
  }

  /// The usual extension, without the dot.
  package var fileExtension: String {
    switch self {
    case .image(let format): format.fileExtension
    case .npy: "npy"
    }
  }

  /// Encodes a frame.
  ///
  /// - Parameters:
  ///   - frame: uint8 or float32 samples.
  ///   - options: Quality, or losslessness.
  /// - Returns: A whole file.
  /// - Throws: `CodecError` if the format cannot hold the image, `SampleRangeError` if its samples
  ///   are not from -1 to 1.
  func encoded(_ frame: Frame, _ options: EncodingOptions) throws -> Buffer<UInt8> {
    switch self {
    case .image(let format):
      try frame.requireNetworkRange()
      return try Image(frame).encoded(as: format, options: options)
    case .npy: return try NPY.record(of: frame)
    }
  }
}

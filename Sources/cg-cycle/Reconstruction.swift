import CycleGAN

/// Both generators of a cycle, one behind the other.
struct Cycle: Sendable {
  /// G.
  let forward: Generator
  /// F.
  let backward: Generator

  /// Whether one core computes an image while others compute others.
  func sharesCores(_ frame: Frame) -> Bool {
    forward.sharesCores(frame) && backward.sharesCores(frame)
  }

  /// Translates an image and reconstructs it.
  ///
  /// - Parameter frame: uint8 or float32 samples.
  /// - Returns: Every stage.
  /// - Throws: `GeneratorError` if memory is short.
  func callAsFunction(_ frame: Frame) throws(GeneratorError) -> Reconstruction {
    let translated = try forward(frame)
    let rounded = Frame(try GeneratorError.allocating(try Image(translated)))
    return Reconstruction(
      original: try GeneratorError.allocating(
        try frame.withChannels(backward.architecture.outputChannels)),
      translated: translated, reconstructed: try backward(translated),
      reconstructedFrom8Bits: try backward(rounded))
  }
}

/// An image and its reconstruction; they have as many channels as F writes.
struct Reconstruction: Sendable {
  /// x.
  let original: Frame
  /// G(x), with as many channels as G writes.
  let translated: Frame
  /// F(G(x)).
  let reconstructed: Frame
  /// F of G(x) rounded to 8 bits, as a file would have it.
  let reconstructedFrom8Bits: Frame

  /// x | G(x) | F(G(x)).
  ///
  /// - Throws: `OutOfMemory`.
  func sheet() throws(OutOfMemory) -> Frame {
    var images: [Image] = []
    for frame in [original, translated, reconstructed] {
      images.append(try Image(try frame.withChannels(3)))
    }
    return Frame(try Image(rows: [images]))
  }
}

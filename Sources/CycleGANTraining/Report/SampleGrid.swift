import CycleGAN

/// The same two images at every checkpoint: real, translated, reconstructed.
struct SampleGrid {
  let realA: Frame
  let realB: Frame

  init(realA: Frame, realB: Frame) {
    self.realA = realA
    self.realB = realB
  }

  /// Draws realA, fakeB and reconstructedA above realB, fakeA and reconstructedB.
  ///
  /// - Parameter model: Both generators.
  /// - Returns: Two rows of three images.
  /// - Throws: `TorchError` if the device is out of memory.
  func image(_ model: CycleGANModel) throws(TorchError) -> Image {
    let fakeB = try model.translate(realA, with: .generatorAB)
    let reconstructedA = try model.translate(fakeB, with: .generatorBA)
    let fakeA = try model.translate(realB, with: .generatorBA)
    let reconstructedB = try model.translate(fakeA, with: .generatorAB)
    var images: [Image] = []
    for frame in [realA, fakeB, reconstructedA, realB, fakeA, reconstructedB] {
      images.append(try TorchError.allocating(try Image(try frame.withChannels(3))))
    }
    return try TorchError.allocating(
      try Image(rows: [Array(images.prefix(3)), Array(images.suffix(3))]))
  }
}

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
    return Image(
      rows: [[realA, fakeB, reconstructedA], [realB, fakeA, reconstructedB]].map { row in
        row.map { Image($0.withChannels(3)) }
      })
  }
}

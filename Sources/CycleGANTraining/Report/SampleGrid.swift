import CycleGAN

/// The same two images at every checkpoint: real, translated, and back.
struct SampleGrid {
  let realA: Frame
  let realB: Frame

  init(realA: Frame, realB: Frame) {
    self.realA = realA
    self.realB = realB
  }

  /// Draws A, B' and A'' above B, A' and B''.
  ///
  /// - Parameter model: Both generators.
  /// - Returns: Two rows of three pictures.
  /// - Throws: `TorchError` if the device is out of memory.
  func image(_ model: CycleGANModel) throws(TorchError) -> Image {
    let fakeB = try model.translate(realA, with: .generatorAB)
    let cycledA = try model.translate(fakeB, with: .generatorBA)
    let fakeA = try model.translate(realB, with: .generatorBA)
    let cycledB = try model.translate(fakeA, with: .generatorAB)
    return Image(
      rows: [[realA, fakeB, cycledA], [realB, fakeA, cycledB]].map { row in
        row.map { Image($0.withChannels(3)) }
      })
  }
}

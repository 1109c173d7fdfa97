import CycleGAN

/// Measures both generators on held-out images, the same every time.
final class Validation {
  private let images: HeldOutImages
  private let preparations: (A: ImagePreparation, B: ImagePreparation)
  private let features: (A: RandomFeatures, B: RandomFeatures)
  /// What the real images of A and of B are described by, once they have been.
  private var real: (A: [[Double]], B: [[Double]])?

  /// Prepares to measure.
  ///
  /// - Parameters:
  ///   - images: Held out from training.
  ///   - options: The run's. Images get their size as in training, except that those that are resized
  ///     to a square are not cut; and none is mirrored.
  ///   - device: Where the networks live.
  /// - Throws: `TorchError` if the device is out of memory.
  init(
    _ images: HeldOutImages, _ options: TrainingOptions, device: Device
  ) throws(TorchError) {
    self.images = images
    preparations = (options.preparations.0.whole, options.preparations.1.whole)
    features = (
      try RandomFeatures(channels: options.model.channelsA, device: device),
      try RandomFeatures(channels: options.model.channelsB, device: device)
    )
  }

  /// Measures both generators, or their running means where they are kept.
  ///
  /// - Parameters:
  ///   - model: Both generators.
  ///   - stops: Asked before every image whether to give up.
  /// - Returns: What was measured; nil if it gave up.
  /// - Throws: `TrainingError` if an image cannot be used, `TorchError` if the device is out of
  ///   memory.
  func reading(_ model: CycleGANModel, stops: () -> Bool) throws -> ValidationReading? {
    let real = try realFeatures()
    var truths: [Similarity] = []
    let there = try roundtrips(images.countA, stops) { index in
      let image = try images.imagesA.fixed(index, preparations.A)
      let fake = try model.translate(image, with: .generatorAB)
      if let truth = images.truth {
        let frame = try truth.fixed(images.truthPlaces[index], preparations.B)
        truths.append(Similarity(frame, fake))
      }
      let cycled = try model.translate(fake, with: .generatorBA)
      return (Similarity(image, cycled), try features.B(fake))
    }
    let back = try roundtrips(images.countB, stops) { index in
      let image = try images.imagesB.fixed(index, preparations.B)
      let fake = try model.translate(image, with: .generatorBA)
      let cycled = try model.translate(fake, with: .generatorAB)
      return (Similarity(image, cycled), try features.A(fake))
    }
    guard let there, let back else { return nil }
    return ValidationReading(
      roundtripA: .init(meanOf: there.map(\.0)), roundtripB: .init(meanOf: back.map(\.0)),
      distanceAB: kernelDistance(real: real.B, fake: there.map(\.1)),
      distanceBA: kernelDistance(real: real.A, fake: back.map(\.1)),
      truth: truths.isEmpty ? nil : .init(meanOf: truths))
  }

  /// What a round trip leaves of an image, and what describes the translation.
  private typealias Roundtrip = (Similarity, [Double])

  private func roundtrips(
    _ count: Int, _ stops: () -> Bool, _ roundtrip: (Int) throws -> Roundtrip
  ) throws -> [Roundtrip]? {
    var all: [Roundtrip] = []
    for index in 0..<count {
      guard !stops() else { return nil }
      all.append(try roundtrip(index))
    }
    return all
  }

  private func realFeatures() throws -> (A: [[Double]], B: [[Double]]) {
    if let real { return real }
    let described = (
      A: try (0..<images.countA).map { try features.A(images.imagesA.fixed($0, preparations.A)) },
      B: try (0..<images.countB).map { try features.B(images.imagesB.fixed($0, preparations.B)) }
    )
    real = described
    return described
  }
}

extension ImagePreparation {
  /// The same with as little cut off as possible.
  fileprivate var whole: ImagePreparation {
    var whole = self
    if preprocessing.mode == .resizeAndCrop {
      whole.preprocessing.loadSize = preprocessing.cropSize
    }
    return whole
  }
}

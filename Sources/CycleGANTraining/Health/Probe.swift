import CycleGAN

/// The same few images of both domains, on which a run is looked at from time to time.
struct Probe {
  /// Steps between two looks.
  static let interval = 200
  /// The most images of a domain.
  static let maximumCount = 16

  private let realA: ImageSet
  private let realB: ImageSet

  /// What a look finds.
  struct Reading: Equatable {
    /// What `generatorAB` and `generatorBA` make.
    let translations: [NetworkRole: TranslationReading]
    /// What `discriminatorA` and `discriminatorB` say.
    let judgements: [NetworkRole: JudgementReading]
  }

  /// Takes images from all over both domains.
  ///
  /// - Parameter data: Both domains.
  /// - Throws: `TrainingError.images` if a domain has none that can be used.
  init(_ data: TrainingData) throws(TrainingError) {
    func images(_ domain: Domain, _ count: Int) throws(TrainingError) -> ImageSet {
      var frames: [Frame] = []
      let wanted = min(count, Self.maximumCount)
      for i in 0..<wanted { frames.append(try data.fixed(domain, i * count / wanted)) }
      return ImageSet(frames)
    }
    realA = try images(.A, data.imagesA.count)
    realB = try images(.B, data.imagesB.count)
  }

  /// Looks at all four networks; nothing of the model changes.
  ///
  /// - Parameter model: Its networks as they are trained, not their running means.
  /// - Returns: What is found.
  /// - Throws: `TorchError` if the device is out of memory.
  func reading(_ model: CycleGANModel) throws(TorchError) -> Reading {
    let fakeB = try translated(realA, by: model.generatorAB, model.device)
    let fakeA = try translated(realB, by: model.generatorBA, model.device)
    return Reading(
      translations: [
        .generatorAB: .init(images: realA, translations: fakeB, targets: realB),
        .generatorBA: .init(images: realB, translations: fakeA, targets: realA),
      ],
      judgements: [
        .discriminatorA: .init(
          real: try judgements(realA, by: model.discriminatorA, model.device),
          fake: try judgements(fakeA, by: model.discriminatorA, model.device)),
        .discriminatorB: .init(
          real: try judgements(realB, by: model.discriminatorB, model.device),
          fake: try judgements(fakeB, by: model.discriminatorB, model.device)),
      ])
  }

  private func translated(
    _ images: ImageSet, by generator: TrainableNetwork, _ device: Device
  ) throws(TorchError) -> ImageSet {
    var translations: [Frame] = []
    for image in images.frames { translations.append(try generator.translation(of: image, device)) }
    return ImageSet(translations)
  }

  private func judgements(
    _ images: ImageSet, by discriminator: TrainableNetwork, _ device: Device
  ) throws(TorchError) -> [Float] {
    var judgements: [Float] = []
    for image in images.frames {
      judgements += try discriminator.applied(to: Tensor([image], device: device)).values()
    }
    return judgements
  }
}

/// What a discriminator says of real images and of translations.
struct JudgementReading: Equatable {
  /// How much more real it finds the real ones, in the mean.
  let gap: Double
  /// The standard deviation of all it says.
  let spread: Double

  init(real: [Float], fake: [Float]) {
    gap = meanAndDeviation(real).mean - meanAndDeviation(fake).mean
    spread = meanAndDeviation(real + fake).deviation
  }
}

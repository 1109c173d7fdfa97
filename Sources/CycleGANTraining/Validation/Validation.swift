import CycleGAN

/// Measures both generators on held-out images, the same every time.
final class Validation {
  private let images: HeldOutImages
  /// The places of the images of A and of B that can be used.
  private let places: (A: [Int], B: [Int])
  private let preparations: (A: ImagePreparation, B: ImagePreparation)
  private let features: (A: RandomFeatures, B: RandomFeatures)
  /// What the real images of A and of B are described by.
  private let real: (A: [[Double]], B: [[Double]])

  /// Looks at all images, so that what is wrong with them shows before the first step.
  ///
  /// - Parameters:
  ///   - images: Held out from training.
  ///   - options: The run's. Images get their size as in training, except that those that are resized
  ///     to a square are not cut; and none is mirrored.
  ///   - device: Where the networks live.
  ///   - warn: Told of each image that is left out.
  /// - Throws: `TrainingError.images` if a domain has none that can be used, or a truth is of another
  ///   size than its image; `.torch` if the device is out of memory.
  init(
    _ images: HeldOutImages, _ options: TrainingOptions, device: Device,
    warn: (String) -> Void
  ) throws(TrainingError) {
    self.images = images
    preparations = (options.preparations.0.whole, options.preparations.1.whole)
    do throws(TorchError) {
      features = (
        try RandomFeatures(channels: options.model.channelsA, device: device),
        try RandomFeatures(channels: options.model.channelsB, device: device)
      )
    } catch { throw .torch(error) }
    let (forA, forB) = preparations
    let a = try Self.described(.A, images.countA, features.A, warn) { place throws(TrainingError) in
      let frame = try images.imagesA.fixed(only: place, forA)
      try images.requireTruth(of: place, forB, width: frame.width, height: frame.height)
      return frame
    }
    let b = try Self.described(.B, images.countB, features.B, warn) { place throws(TrainingError) in
      try images.imagesB.fixed(only: place, forB)
    }
    places = (a.map(\.place), b.map(\.place))
    real = (a.map(\.features), b.map(\.features))
  }

  /// Describes the images of a domain that can be used.
  private static func described(
    _ domain: Domain, _ count: Int, _ features: RandomFeatures, _ warn: (String) -> Void,
    _ frame: (Int) throws(TrainingError) -> Frame
  ) throws(TrainingError) -> [(place: Int, features: [Double])] {
    var found: [(Int, [Double])] = []
    for place in 0..<count {
      do throws(TrainingError) {
        let frame = try frame(place)
        do { found.append((place, try features(frame))) } catch { throw .torch(error) }
      } catch .images(let reason) {
        warn("\(reason); left out of validation")
      }
    }
    guard !found.isEmpty else {
      throw .images("none of \(count) held-out images of \(domain.rawValue) can be used")
    }
    return found
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
    var truths: [Similarity] = []
    let there = try roundtrips(places.A, stops) { place in
      let image = try images.imagesA.fixed(only: place, preparations.A)
      let fake = try model.translate(image, with: .generatorAB)
      if let truth = try images.truth(of: place, preparations.B) {
        truths.append(Similarity(truth, fake))
      }
      let cycled = try model.translate(fake, with: .generatorBA)
      return (Similarity(image, cycled), try features.B(fake))
    }
    let back = try roundtrips(places.B, stops) { place in
      let image = try images.imagesB.fixed(only: place, preparations.B)
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
    _ places: [Int], _ stops: () -> Bool, _ roundtrip: (Int) throws -> Roundtrip
  ) throws -> [Roundtrip]? {
    var all: [Roundtrip] = []
    for place in places {
      guard !stops() else { return nil }
      all.append(try roundtrip(place))
    }
    return all
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

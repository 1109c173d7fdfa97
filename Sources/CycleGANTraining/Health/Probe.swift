import CycleGAN

/// The same few images of both domains, on which the networks are evaluated from time to time.
struct Probe {
  /// Steps between two probes.
  static let interval = 200
  /// The most images of a domain.
  static let maximumCount = 16

  private let realA: ImageSet
  private let realB: ImageSet

  /// What a probe measures.
  struct Reading: Equatable {
    /// Of `generatorAB` and `generatorBA`.
    let translations: [NetworkRole: TranslationReading]
    /// Of `discriminatorA` and `discriminatorB`.
    let logits: [NetworkRole: LogitReading]
  }

  /// Takes images at equal distances from both domains.
  ///
  /// - Parameter data: Both domains.
  /// - Throws: `TrainingError.images` if a domain has none that can be used.
  init(_ data: TrainingData) throws(TrainingError) {
    func images(_ domain: Domain, _ count: Int) throws(TrainingError) -> ImageSet {
      var frames: [Frame] = []
      let wanted = min(count, Self.maximumCount)
      for i in 0..<wanted { frames.append(try data.fixed(domain, i * count / wanted)) }
      do throws(OutOfMemory) { return try ImageSet(frames) } catch {
        throw .torch(.outOfMemory(error))
      }
    }
    realA = try images(.A, data.imagesA.count)
    realB = try images(.B, data.imagesB.count)
  }

  /// Evaluates all four networks; nothing of the model changes.
  ///
  /// - Parameter model: Its networks as they are trained, not their EMA.
  /// - Returns: What is measured.
  /// - Throws: `TorchError` if the device is out of memory.
  func reading(_ model: CycleGANModel) throws(TorchError) -> Reading {
    let fakeB = try translated(realA, by: model.generatorAB, model.device)
    let fakeA = try translated(realB, by: model.generatorBA, model.device)
    return Reading(
      translations: [
        .generatorAB: try TorchError.allocating(
          try .init(images: realA, translations: fakeB, targets: realB)),
        .generatorBA: try TorchError.allocating(
          try .init(images: realB, translations: fakeA, targets: realA)),
      ],
      logits: [
        .discriminatorA: .init(
          real: try logits(realA, by: model.discriminatorA, model.device),
          fake: try logits(fakeA, by: model.discriminatorA, model.device)),
        .discriminatorB: .init(
          real: try logits(realB, by: model.discriminatorB, model.device),
          fake: try logits(fakeB, by: model.discriminatorB, model.device)),
      ])
  }

  private func translated(
    _ images: ImageSet, by generator: TrainableNetwork, _ device: Device
  ) throws(TorchError) -> ImageSet {
    var translations: [Frame] = []
    for image in images.frames { translations.append(try generator.translation(of: image, device)) }
    return try TorchError.allocating(try ImageSet(translations))
  }

  private func logits(
    _ images: ImageSet, by discriminator: TrainableNetwork, _ device: Device
  ) throws(TorchError) -> [Float] {
    var logits: [Float] = []
    for image in images.frames {
      logits += try discriminator.applied(to: Tensor([image], device: device)).values()
    }
    return logits
  }
}

/// The logits of a discriminator for real images and for translations.
struct LogitReading: Equatable {
  /// The mean for real images minus the mean for translations.
  let gap: Double
  /// The standard deviation over all.
  let spread: Double

  init(real: [Float], fake: [Float]) {
    gap = meanAndDeviation(real).mean - meanAndDeviation(fake).mean
    spread = meanAndDeviation(real + fake).deviation
  }
}

/// The translations of the probe images by one generator, measured as a set.
///
/// Source: the signs and their limits are listed with `HealthWatch`.
struct TranslationReading: Equatable {
  /// Mean distance of translations, as a share of that of images.
  ///
  /// It is held against the domain whose images differ less; 1 if they do not differ.
  let diversity: Double
  /// Mean correlation of brightness, pixel by pixel, between an image and its translation.
  ///
  /// -1...1; an image without contrast counts as 0.
  let brightnessCorrelation: Double
  /// Share of samples beyond ±0.99, less that of real images of the target domain.
  let saturated: Double
  /// The largest standard deviation of a channel over all translations; 1 in full contrast.
  let contrast: Double
  /// Mean absolute difference of a translation to its image, 0...2; nil if their channels differ.
  let change: Double?

  /// Measures.
  ///
  /// - Parameters:
  ///   - images: What went in.
  ///   - translations: What came out, in the same order and sizes.
  ///   - targets: Real images of the domain that the translations should belong to.
  /// - Throws: `OutOfMemory`.
  init(images: ImageSet, translations: ImageSet, targets: ImageSet) throws(OutOfMemory) {
    let distance = min(images.distance, targets.distance)
    diversity = distance > 0 ? translations.distance / distance : 1
    let (pairs, count) = (zip(images.frames, translations.frames), Double(images.frames.count))
    saturated = translations.saturated - targets.saturated
    contrast = translations.contrast
    let isComparable = pairs.allSatisfy { $0.channels == $1.channels }
    var (correlations, changes) = (0.0, 0.0)
    for (image, translation) in pairs {
      correlations += correlation(Array(try image.luma()), Array(try translation.luma()))
      guard isComparable else { continue }
      changes += meanDifference(
        Array(try image.float32Samples()), Array(try translation.float32Samples()))
    }
    brightnessCorrelation = correlations / count
    change = isComparable ? changes / count : nil
  }
}

/// Pearson's correlation; 0 where one of the two is constant.
private func correlation(_ x: [Float], _ y: [Float]) -> Double {
  let count = Double(x.count)
  let meanX = x.reduce(0) { $0 + Double($1) } / count
  let meanY = y.reduce(0) { $0 + Double($1) } / count
  var (xx, yy, xy) = (0.0, 0.0, 0.0)
  for i in x.indices {
    let (dx, dy) = (Double(x[i]) - meanX, Double(y[i]) - meanY)
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
}

/// Some images, and what they are like as a set.
struct ImageSet {
  /// At least one.
  let frames: [Frame]
  /// The mean distance of two of them, 0...2, whatever their sizes.
  let distance: Double
  /// Share of samples beyond ±0.99.
  let saturated: Double
  /// The largest standard deviation of a channel over all images; 1 in full contrast.
  let contrast: Double

  /// Measures a set.
  ///
  /// - Parameter frames: At least one.
  /// - Throws: `OutOfMemory`.
  init(_ frames: [Frame]) throws(OutOfMemory) {
    self.frames = frames
    var (grids, images): ([[Float]], [(Buffer<Float>, Int)]) = ([], [])
    for frame in frames {
      let samples = try frame.float32Samples()
      grids.append(frame.coarse(samples))
      images.append((samples, frame.width * frame.height))
    }
    distance = Self.distance(grids)
    saturated = Self.saturated(images.map(\.0))
    contrast = Self.contrast(images, channels: frames[0].channels)
  }

  private static func contrast(_ images: [(Buffer<Float>, Int)], channels: Int) -> Double {
    (0..<channels).map { channel in
      meanAndDeviation(
        images.flatMap { values, plane in values[channel * plane..<(channel + 1) * plane] }
      ).deviation
    }.max() ?? 0
  }

  private static func distance(_ grids: [[Float]]) -> Double {
    var (sum, count) = (0.0, 0)
    for i in grids.indices {
      for j in grids.indices[..<i] {
        sum += meanDifference(grids[i], grids[j])
        count += 1
      }
    }
    return count > 0 ? sum / Double(count) : 0
  }

  private static func saturated(_ images: [Buffer<Float>]) -> Double {
    var (beyond, all) = (0, 0)
    for values in images {
      for value in values where abs(value) > 0.99 { beyond += 1 }
      all += values.count
    }
    return Double(beyond) / Double(all)
  }
}

extension Frame {
  /// `[C, 16, 16]`, the means of equal parts of the image; fewer parts where it is smaller.
  fileprivate func coarse(_ values: Buffer<Float>) -> [Float] {
    let (rows, columns) = (min(16, height), min(16, width))
    var sums = [Float](repeating: 0, count: channels * rows * columns)
    var counts = sums
    for channel in 0..<channels {
      for row in 0..<height {
        for column in 0..<width {
          let part =
            (channel * rows + row * rows / height) * columns + column * columns / width
          sums[part] += values[(channel * height + row) * width + column]
          counts[part] += 1
        }
      }
    }
    return zip(sums, counts).map { $0 / $1 }
  }
}

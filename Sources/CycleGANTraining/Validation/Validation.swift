import CycleGAN

/// Validates both generators on held-out images, the same every time.
final class Validation {
  private let images: HeldOutImages
  /// The indices of the images of A and of B that can be used.
  private let indices: (A: [Int], B: [Int])
  private let preparations: (A: ImagePreparation, B: ImagePreparation)
  private let features: (A: RandomFeatures, B: RandomFeatures)
  /// The features of the real images of A and of B.
  private let real: (A: [[Double]], B: [[Double]])

  /// Loads all images once, so that what is wrong with them shows before the first step.
  ///
  /// - Parameters:
  ///   - images: Held out from training.
  ///   - options: The run's. Images get their size as in training, except that those that are resized
  ///     to a square are not cut; and none is mirrored.
  ///   - device: Where the networks live.
  ///   - warn: Told of each image that is left out.
  /// - Throws: `TrainingError.images` if a domain has none that can be used, or a reference is of another
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
    let a = try Self.described(.A, images.countA, features.A, warn) { index throws(TrainingError) in
      let frame = try images.imagesA.fixed(only: index, forA)
      try images.requireReference(of: index, forB, width: frame.width, height: frame.height)
      return frame
    }
    let b = try Self.described(.B, images.countB, features.B, warn) { index throws(TrainingError) in
      try images.imagesB.fixed(only: index, forB)
    }
    indices = (a.map(\.index), b.map(\.index))
    real = (a.map(\.features), b.map(\.features))
  }

  /// Computes the features of the images of a domain that can be used.
  private static func described(
    _ domain: Domain, _ count: Int, _ features: RandomFeatures, _ warn: (String) -> Void,
    _ frame: (Int) throws(TrainingError) -> Frame
  ) throws(TrainingError) -> [(index: Int, features: [Double])] {
    var found: [(Int, [Double])] = []
    for index in 0..<count {
      do throws(TrainingError) {
        let frame = try frame(index)
        do { found.append((index, try features(frame))) } catch { throw .torch(error) }
      } catch .images(let reason) {
        warn("\(reason); left out of validation")
      }
    }
    guard !found.isEmpty else {
      throw .images("none of \(count) held-out images of \(domain.rawValue) can be used")
    }
    return found
  }

  /// Measures both generators, or their EMA where there is one.
  ///
  /// - Parameters:
  ///   - model: Both generators.
  ///   - stops: Asked before every image whether to give up.
  /// - Returns: What was measured; nil if it gave up.
  /// - Throws: `TrainingError` if an image cannot be used, `TorchError` if the device is out of
  ///   memory.
  func reading(_ model: CycleGANModel, stops: () -> Bool) throws -> ValidationReading? {
    var toReference: [Similarity] = []
    let cyclesA = try measured(indices.A, stops) { index in
      let image = try images.imagesA.fixed(only: index, preparations.A)
      let fake = try model.translate(image, with: .generatorAB)
      if let reference = try images.reference(of: index, preparations.B) {
        toReference.append(try Similarity(reference, fake))
      }
      let reconstructed = try model.translate(fake, with: .generatorBA)
      return (try Similarity(image, reconstructed), try features.B(fake))
    }
    let cyclesB = try measured(indices.B, stops) { index in
      let image = try images.imagesB.fixed(only: index, preparations.B)
      let fake = try model.translate(image, with: .generatorBA)
      let reconstructed = try model.translate(fake, with: .generatorAB)
      return (try Similarity(image, reconstructed), try features.A(fake))
    }
    guard let cyclesA, let cyclesB else { return nil }
    return ValidationReading(
      reconstructionA: .init(meanOf: cyclesA.map(\.0)),
      reconstructionB: .init(meanOf: cyclesB.map(\.0)),
      distanceAB: kernelDistance(real: real.B, fake: cyclesA.map(\.1)),
      distanceBA: kernelDistance(real: real.A, fake: cyclesB.map(\.1)),
      reference: toReference.isEmpty ? nil : .init(meanOf: toReference))
  }

  /// The similarity of an image and its reconstruction, and the features of the translation.
  private typealias Cycle = (Similarity, [Double])

  private func measured(
    _ indices: [Int], _ stops: () -> Bool, _ cycle: (Int) throws -> Cycle
  ) throws -> [Cycle]? {
    var all: [Cycle] = []
    for index in indices {
      guard !stops() else { return nil }
      all.append(try cycle(index))
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

/// The metrics of both generators on held-out images.
struct ValidationReading: Equatable {
  /// The means over some images.
  struct Mean: Equatable {
    /// Mean absolute difference, 0...2.
    let l1: Double
    /// Peak signal-to-noise ratio, dB.
    let psnr: Double
    /// Structural similarity, -1...1.
    let ssim: Double

    init(meanOf images: [Similarity]) {
      func mean(_ value: (Similarity) -> Double) -> Double {
        images.reduce(0) { $0 + value($1) } / Double(images.count)
      }
      (l1, psnr, ssim) = (mean(\.l1), mean(\.psnr), mean(\.ssim))
    }
  }

  /// Of the reconstructions A -> B -> A.
  let reconstructionA: Mean
  /// Of the reconstructions B -> A -> B.
  let reconstructionB: Mean
  /// Kernel distance of translations of A to real images of B; nil where there are too few.
  let distanceAB: Double?
  /// Kernel distance of translations of B to real images of A.
  let distanceBA: Double?
  /// Of translations of A against their references; nil if there are none.
  let reference: Mean?

  /// The metric that the best epoch is chosen by, and its value: higher is better.
  ///
  /// - Returns: The PSNR against the references where there are some, else the negative sum of both
  ///   kernel distances; nil if there is neither.
  var score: (metric: Metric, value: Double)? {
    if let reference { return (.referencePSNR, reference.psnr) }
    guard let distanceAB, let distanceBA else { return nil }
    return (.kernelDistance, -(distanceAB + distanceBA))
  }
}

/// The metrics that the best epoch can be chosen by, by their columns in validation.tsv.
enum Metric: String {
  /// The mean PSNR of translations of A against their references.
  case referencePSNR = "psnr_truth"
  /// The negative sum of both kernel distances.
  case kernelDistance = "kid_AB + kid_BA"
}

/// The epoch whose generators are kept as the best.
struct BestEpoch: Equatable {
  /// Its number, counted from 1.
  let epoch: Int
  /// Steps done at its end.
  let step: Int
  /// The metric that it was chosen by.
  let metric: Metric
  /// Its value; higher is better.
  let value: Double

  /// Whether another epoch is better; one with another metric always is.
  func isWorse(than other: BestEpoch) -> Bool { metric != other.metric || value < other.value }
}

extension BestEpoch {
  /// All of it, for a checkpoint.
  var json: JSON {
    .object([
      ("epoch", .integer(epoch)), ("step", .integer(step)), ("merit", .string(metric.rawValue)),
      ("value", .number(value)),
    ])
  }

  /// Reads what `json` has; nil if something is missing.
  init?(_ json: JSON) {
    guard let epoch = json["epoch"]?.integer, let step = json["step"]?.integer,
      let metric = json["merit"]?.string.flatMap({ Metric(rawValue: $0) }),
      let value = json["value"]?.number
    else { return nil }
    self.init(epoch: epoch, step: step, metric: metric, value: value)
  }
}

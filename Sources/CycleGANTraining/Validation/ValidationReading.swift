import CycleGAN

/// What held-out images show of both generators.
struct ValidationReading: Equatable {
  /// The means over some pictures.
  struct Mean: Equatable {
    /// Mean absolute difference, 0...2.
    let l1: Double
    /// Peak signal-to-noise ratio, dB.
    let psnr: Double
    /// Structural similarity, -1...1.
    let ssim: Double

    init(meanOf pictures: [Similarity]) {
      func mean(_ value: (Similarity) -> Double) -> Double {
        pictures.reduce(0) { $0 + value($1) } / Double(pictures.count)
      }
      (l1, psnr, ssim) = (mean(\.l1), mean(\.psnr), mean(\.ssim))
    }
  }

  /// What A to B to A leaves.
  let roundtripA: Mean
  /// What B to A to B leaves.
  let roundtripB: Mean
  /// From translations of A to real images of B; nil where there are too few.
  let distanceAB: Double?
  /// From translations of B to real images of A.
  let distanceBA: Double?
  /// From translations of A to what they should be; nil if nobody knows.
  let truth: Mean?

  /// What the best epoch is chosen by, and how much of it there is: more is better.
  ///
  /// - Returns: The similarity to the truth where it is known, else how near both translations are to
  ///   their domains; nil if neither can be told.
  var score: (metric: Metric, value: Double)? {
    if let truth { return (.truth, truth.psnr) }
    guard let distanceAB, let distanceBA else { return nil }
    return (.distance, -(distanceAB + distanceBA))
  }
}

/// What the best epoch is chosen by.
enum Metric: String {
  /// The highest mean PSNR of translations of A against the truth.
  case truth = "psnr_truth"
  /// The lowest sum of both kernel distances.
  case distance = "kid_AB + kid_BA"
}

/// The epoch whose generators are kept as the best.
struct BestEpoch: Equatable {
  /// Its number, counted from 1.
  let epoch: Int
  /// Steps done at its end.
  let step: Int
  /// What it was chosen by.
  let metric: Metric
  /// How much of it there is.
  let value: Double

  /// Whether another epoch is better; one that is measured otherwise always is.
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

  /// Goes on from a checkpoint; nil if something is missing.
  init?(_ json: JSON) {
    guard let epoch = json["epoch"]?.integer, let step = json["step"]?.integer,
      let metric = json["merit"]?.string.flatMap({ Metric(rawValue: $0) }),
      let value = json["value"]?.number
    else { return nil }
    self.init(epoch: epoch, step: step, metric: metric, value: value)
  }
}

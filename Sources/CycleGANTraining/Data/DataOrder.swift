import CycleGAN

/// Which image of A meets which image of B, in every epoch.
///
/// Every choice follows from the seed, the epoch and the place in it, so that a run can go on from
/// any step without keeping a random state.
///
/// Source: data/unaligned_dataset.py and the loader of the official code.
public struct DataOrder: Sendable, Equatable {
  /// Images in A and in B.
  public let countA: Int, countB: Int
  /// Images of a step.
  public let batchSize: Int
  /// Whether both sets are taken in order: the official `--serial_batches`.
  public let serial: Bool
  private let random: RandomSource

  /// Chooses an order.
  ///
  /// - Parameters:
  ///   - countA: Images in A, at least 1.
  ///   - countB: Images in B, at least 1.
  ///   - batchSize: Images of a step, at least 1.
  ///   - serial: Whether both sets are taken in order.
  ///   - seed: Of everything random.
  public init(countA: Int, countB: Int, batchSize: Int, serial: Bool, seed: UInt64) {
    precondition(countA > 0 && countB > 0 && batchSize > 0, "nothing to order")
    self.countA = countA
    self.countB = countB
    self.batchSize = batchSize
    self.serial = serial
    random = RandomSource(seed: seed).stream(Purpose.data)
  }

  /// Pairs in an epoch: the larger set once, the smaller one over again.
  public var epochLength: Int { max(countA, countB) }
  /// Steps in an epoch; the last one may be short of images.
  public var stepsPerEpoch: Int { (epochLength + batchSize - 1) / batchSize }

  /// The places of the pairs of one step.
  ///
  /// - Parameter step: Counted from 0 within the epoch.
  /// - Returns: `batchSize` places, fewer at the end.
  func places(ofStep step: Int) -> Range<Int> {
    step * batchSize..<min(epochLength, (step + 1) * batchSize)
  }

  /// One image of each domain and where their augmentation draws from.
  public struct Pair: Sendable, Equatable {
    /// The place of the image of A.
    public let indexA: Int
    /// The place of the image of B.
    public let indexB: Int
    /// Where both crops and flips come from, A's first.
    public let random: RandomSource
  }

  /// The pairs of an epoch, in the order they are trained.
  ///
  /// - Parameter epoch: Counted from 1.
  /// - Returns: `epochLength` pairs.
  public func pairs(epoch: Int) -> [Pair] {
    var order = Array(0..<epochLength)
    let source = random.stream(epoch)
    var shuffling = source.stream(0)
    if !serial { shuffling.shuffle(&order) }
    return order.enumerated().map { place, index in
      var drawing = source.stream(place + 1)
      let indexB = serial ? index % countB : drawing.integer(below: countB)
      return Pair(indexA: index % countA, indexB: indexB, random: drawing)
    }
  }
}

/// What the streams of one seed are for.
enum Purpose {
  static let data = 1
  static let model = 2
}

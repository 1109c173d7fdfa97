import CycleGAN

/// Which image of A meets which image of B, in every epoch.
///
/// Every choice follows from the seed, the epoch and the index in it, so that a run can resume at any
/// step without a saved random state.
///
/// Source: data/unaligned_dataset.py and the loader of the official code.
package struct DataOrder: Sendable, Equatable {
  /// Images in A and in B.
  package let countA: Int, countB: Int
  /// Images of a step.
  package let batchSize: Int
  /// Whether both sets are taken in order: the official `--serial_batches`.
  package let serial: Bool
  /// Where a run was rolled back, and left the order that its seed gives; nil while it did not.
  var reshuffle: Reshuffle?
  private let random: RandomSource

  /// The first pair that was not taken in the order that the seed gives.
  struct Reshuffle: Sendable, Equatable {
    /// Its epoch, counted from 1.
    let epoch: Int
    /// Its index in that epoch, counted from 0.
    let pair: Int
  }

  /// Chooses an order.
  ///
  /// - Parameters:
  ///   - countA: Images in A, at least 1.
  ///   - countB: Images in B, at least 1.
  ///   - batchSize: Images of a step, at least 1.
  ///   - serial: Whether both sets are taken in order.
  ///   - seed: Of everything random.
  package init(countA: Int, countB: Int, batchSize: Int, serial: Bool, seed: UInt64) {
    precondition(countA > 0 && countB > 0 && batchSize > 0, "nothing to order")
    self.countA = countA
    self.countB = countB
    self.batchSize = batchSize
    self.serial = serial
    random = RandomSource(seed: seed).stream(Purpose.data)
  }

  /// Pairs in an epoch: as many as the larger set has images.
  package var epochLength: Int { max(countA, countB) }
  /// Steps in an epoch; the last one may be short of images.
  package var stepsPerEpoch: Int { (epochLength + batchSize - 1) / batchSize }

  /// The pairs of one step, as indices into `pairs(epoch:)`.
  ///
  /// - Parameter step: Counted from 0 within the epoch.
  /// - Returns: `batchSize` indices, fewer at the end.
  func pairs(ofStep step: Int) -> Range<Int> {
    step * batchSize..<min(epochLength, (step + 1) * batchSize)
  }

  /// One image of each domain and where their augmentation draws from.
  package struct Pair: Sendable, Equatable {
    /// Index of the image of A.
    package let indexA: Int
    /// Index of the image of B.
    package let indexB: Int
    /// Where both crops and flips come from, A's first.
    package let random: RandomSource
  }

  /// The pairs of an epoch, in the order they are trained.
  ///
  /// From a reshuffle on, the images that were left come in another order, and B, the crops and the flips
  /// are drawn anew.
  ///
  /// - Parameter epoch: Counted from 1.
  /// - Returns: `epochLength` pairs.
  package func pairs(epoch: Int) -> [Pair] {
    var order = Array(0..<epochLength)
    let source = random.stream(epoch)
    let other = source.stream(-1)
    let kept = pairsKept(epoch)
    if !serial {
      var (shuffling, shufflingAgain) = (source.stream(0), other.stream(0))
      shuffling.shuffle(&order)
      var rest = Array(order[kept...])
      shufflingAgain.shuffle(&rest)
      order.replaceSubrange(kept..., with: rest)
    }
    return order.enumerated().map { position, index in
      var drawing = (position < kept ? source : other).stream(position + 1)
      let indexB = serial ? index % countB : drawing.integer(below: countB)
      return Pair(indexA: index % countA, indexB: indexB, random: drawing)
    }
  }

  /// How many pairs of an epoch come before the reshuffle.
  private func pairsKept(_ epoch: Int) -> Int {
    guard let reshuffle, epoch >= reshuffle.epoch else { return epochLength }
    return epoch == reshuffle.epoch ? min(reshuffle.pair, epochLength) : 0
  }
}

/// How far a run is.
struct RunPosition: Equatable {
  /// Steps done.
  var step = 0
  /// The epoch the next step belongs to, counted from 1.
  var epoch = 1
  /// Index of the next step in its epoch, counted from 0.
  var stepInEpoch = 0

  /// Counts a step that is done.
  mutating func advance(_ order: DataOrder) {
    step += 1
    stepInEpoch += 1
    guard stepInEpoch == order.stepsPerEpoch else { return }
    epoch += 1
    stepInEpoch = 0
  }

  /// Images of each domain seen so far.
  func images(_ order: DataOrder) -> Int {
    (epoch - 1) * order.epochLength + min(stepInEpoch * order.batchSize, order.epochLength)
  }
}

/// What the streams of one seed are for.
enum Purpose {
  static let data = 1
  static let model = 2
  static let augmentation = 3
}

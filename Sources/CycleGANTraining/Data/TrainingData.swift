import CycleGAN

/// Both domains, the order of their images, and what happens to the images before.
package struct TrainingData: Sendable {
  /// Domain A.
  package let imagesA: TrainingImages
  /// Domain B.
  package let imagesB: TrainingImages
  let preparationA: ImagePreparation
  let preparationB: ImagePreparation
  /// Images of a batch, which have one size; a step has one batch or several.
  let batchSize: Int
  /// The one size that the images of A and of B must have; nil where each may have its own.
  var requiredSizes: (A: RequiredSize, B: RequiredSize)?
  /// Which image of A meets which of B.
  package internal(set) var order: DataOrder

  /// Brings both domains together.
  ///
  /// - Parameters:
  ///   - images: Domain A and domain B, each at least one image.
  ///   - preparations: What happens to the images of each.
  ///   - batchSize: Images of a batch.
  ///   - batchesPerStep: Batches of a step.
  ///   - serial: Whether both sets are taken in order.
  ///   - seed: Of everything random.
  package init(
    _ images: (TrainingImages, TrainingImages),
    _ preparations: (ImagePreparation, ImagePreparation), batchSize: Int,
    batchesPerStep: Int = 1, serial: Bool, seed: UInt64
  ) {
    (imagesA, imagesB) = images
    (preparationA, preparationB) = preparations
    self.batchSize = batchSize
    order = DataOrder(
      countA: imagesA.count, countB: imagesB.count, batchSize: batchSize * batchesPerStep,
      serial: serial, seed: seed)
  }

  /// An image of a domain that looks the same every time: not flipped, cropped at a fixed position.
  ///
  /// - Parameters:
  ///   - domain: Which.
  ///   - index: Counted from 0; where it cannot be used, the next one is taken.
  /// - Returns: uint8 samples.
  /// - Throws: `TrainingError.images` if none can be used.
  func fixed(_ domain: Domain, _ index: Int) throws(TrainingError) -> Frame {
    switch domain {
    case .A: try imagesA.fixed(index, preparationA)
    case .B: try imagesB.fixed(index, preparationB)
    }
  }
}

/// A size that all images of a domain must have, and why.
struct RequiredSize: Sendable, Equatable {
  /// What asks for one size.
  enum Reason: Sendable, Equatable {
    /// The images of a batch lie in one tensor.
    case batch
    /// So do earlier translations that the pool gives back for a batch of so many.
    case pool(batchSize: Int)
    /// The penalty of a critic mixes real and translated images.
    case gradientPenalty

    /// As a person knows it.
    fileprivate var words: String {
      switch self {
      case .batch: "a batch"
      case .pool(let batchSize): "--batch-size \(batchSize) with a pool"
      case .gradientPenalty: "--gan-mode wgangp"
      }
    }

    fileprivate var wayOut: String {
      "use a --preprocess that crops" + (self == .gradientPenalty ? "" : ", or --batch-size 1")
    }
  }

  /// Why.
  let reason: Reason
  /// Sides, px.
  let width: Int, height: Int

  /// Takes the size of an image.
  ///
  /// - Parameters:
  ///   - frame: The image.
  ///   - reason: What asks for it.
  init(of frame: Frame, for reason: Reason) {
    (self.reason, width, height) = (reason, frame.width, frame.height)
  }

  /// Refuses images of another size.
  ///
  /// - Parameters:
  ///   - frames: Images of the domain.
  ///   - names: Theirs.
  /// - Throws: `TrainingError.options` naming the first one, its size and the way out.
  func require(_ frames: [Frame], _ names: [String]) throws(TrainingError) {
    for (frame, name) in zip(frames, names)
    where frame.width != width || frame.height != height {
      throw .options(
        "\(reason.words) needs images of one size, and \(name) is "
          + "\(frame.width) x \(frame.height) where others are \(width) x \(height); "
          + reason.wayOut)
    }
  }
}

extension Range<Int> {
  /// Parts of some length, of which the last may be shorter.
  func split(into length: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: Swift.max(1, length)).map {
      $0..<Swift.min($0 + length, upperBound)
    }
  }
}

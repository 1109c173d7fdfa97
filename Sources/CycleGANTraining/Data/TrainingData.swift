import CycleGAN

/// Both domains, who meets whom, and what happens to the images before.
public struct TrainingData: Sendable {
  /// Domain A.
  public let imagesA: TrainingImages
  /// Domain B.
  public let imagesB: TrainingImages
  let preparationA: ImagePreparation
  let preparationB: ImagePreparation
  /// Who meets whom.
  public internal(set) var order: DataOrder

  /// Brings both domains together.
  ///
  /// - Parameters:
  ///   - images: Domain A and domain B, each at least one image.
  ///   - preparations: What happens to the images of each.
  ///   - batchSize: Images of a step.
  ///   - serial: Whether both sets are taken in order.
  ///   - seed: Of everything random.
  public init(
    _ images: (TrainingImages, TrainingImages),
    _ preparations: (ImagePreparation, ImagePreparation), batchSize: Int, serial: Bool,
    seed: UInt64
  ) {
    (imagesA, imagesB) = images
    (preparationA, preparationB) = preparations
    order = DataOrder(
      countA: imagesA.count, countB: imagesB.count, batchSize: batchSize, serial: serial,
      seed: seed)
  }

  /// An image of a domain that looks the same every time: not mirrored, cut at one place.
  ///
  /// - Parameters:
  ///   - domain: Which.
  ///   - index: Its place, counted from 0; where it cannot be used, the next one is taken.
  /// - Returns: Levels.
  /// - Throws: `TrainingError.images` if none can be used.
  func fixed(_ domain: Domain, _ index: Int) throws(TrainingError) -> Frame {
    var preparation = domain == .A ? preparationA : preparationB
    preparation.preprocessing.flips = false
    var random = RandomSource(seed: 0)
    let images = domain == .A ? imagesA : imagesB
    return Frame(try images.prepared(index, preparation, random: &random).image)
  }
}

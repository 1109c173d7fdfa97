import CycleGAN

/// Images of both domains that no network learns from.
public struct HeldOutImages: Sendable {
  /// Domain A.
  public let imagesA: TrainingImages
  /// Domain B.
  public let imagesB: TrainingImages
  /// What the images of A should become, by the same names; nil if nobody knows.
  public let truth: TrainingImages?
  /// The most images of a domain that are looked at.
  public let maximumCount: Int

  /// Brings them together.
  ///
  /// - Parameters:
  ///   - imagesA: Domain A.
  ///   - imagesB: Domain B.
  ///   - truth: What the images of A should become.
  ///   - maximumCount: The most images of a domain that are looked at, at least 1.
  /// - Throws: `TrainingError.images` naming the first image of A that has no truth.
  public init(
    _ imagesA: TrainingImages, _ imagesB: TrainingImages, truth: TrainingImages? = nil,
    maximumCount: Int
  ) throws(TrainingError) {
    self.imagesA = imagesA
    self.imagesB = imagesB
    self.truth = truth
    self.maximumCount = maximumCount
    for index in 0..<countA { _ = try truthIndex(index) }
  }

  /// Images of A that are looked at.
  var countA: Int { min(imagesA.count, maximumCount) }
  /// Images of B that are looked at.
  var countB: Int { min(imagesB.count, maximumCount) }

  /// The place of the truth of an image of A; nil if nobody knows it.
  ///
  /// Images are matched by their names without extension, and by their places where they have none.
  func truthIndex(_ index: Int) throws(TrainingError) -> Int? {
    guard let truth else { return nil }
    guard let stem = imagesA.stem(index) else {
      guard index < truth.count else {
        throw .images("\(imagesA.name(index)) has no picture in --val-truth")
      }
      return index
    }
    guard let place = (0..<truth.count).first(where: { truth.stem($0) == stem }) else {
      throw .images("\(imagesA.name(index)) has no picture of its name in --val-truth")
    }
    return place
  }
}

extension TrainingImages {
  /// An image's name without folder and extension.
  fileprivate func stem(_ index: Int) -> [UInt8]? {
    let name: FilePath?
    switch items[index] {
    case .file(let path): name = path
    case .record(_, _, let given), .frame(_, let given): name = given
    }
    return name?.stem.bytes
  }
}

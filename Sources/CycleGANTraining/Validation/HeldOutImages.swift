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
  /// The place in `truth` of each image of A that is looked at; empty if nobody knows.
  let truthPlaces: [Int]

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
    truthPlaces =
      try truth.map { truth throws(TrainingError) in
        try Self.places(of: truth, for: imagesA, count: min(imagesA.count, maximumCount))
      } ?? []
  }

  /// Images of A that are looked at.
  var countA: Int { min(imagesA.count, maximumCount) }
  /// Images of B that are looked at.
  var countB: Int { min(imagesB.count, maximumCount) }

  /// What an image of A should become.
  ///
  /// - Parameters:
  ///   - place: Of the image, counted from 0.
  ///   - preparation: What happens to the truth.
  /// - Returns: Nil if nobody knows.
  /// - Throws: `TrainingError.images` naming the truth if it cannot be used.
  func truth(
    of place: Int, _ preparation: ImagePreparation
  ) throws(TrainingError) -> Frame? {
    try truth?.fixed(only: truthPlaces[place], preparation)
  }

  /// Refuses a truth that cannot be compared with what becomes of its image.
  ///
  /// - Parameters:
  ///   - place: Of the image of A, counted from 0.
  ///   - preparation: What happens to the truth.
  ///   - width: Of the prepared image, px.
  ///   - height: Of the prepared image, px.
  /// - Throws: `TrainingError.options` if its size is another, `.images` if it cannot be used.
  func requireTruth(
    of place: Int, _ preparation: ImagePreparation, width: Int, height: Int
  ) throws(TrainingError) {
    guard let truth, let found = try self.truth(of: place, preparation) else { return }
    guard (found.width, found.height) == (width, height) else {
      throw .options(
        "\(imagesA.name(place)) is measured at \(width) x \(height) pixels, and what it should "
          + "become, \(truth.name(truthPlaces[place])), is \(found.width) x \(found.height); both "
          + "need one size")
    }
  }

  /// Finds the truth of every image.
  ///
  /// Images are matched by their names without extension, and by their places where they have none.
  private static func places(
    of truth: TrainingImages, for images: TrainingImages, count: Int
  ) throws(TrainingError) -> [Int] {
    let named = (0..<truth.count).compactMap { place in truth.stem(place).map { ($0, place) } }
    let places = Dictionary(named, uniquingKeysWith: { first, _ in first })
    var found: [Int] = []
    for index in 0..<count {
      guard let stem = images.stem(index) else {
        guard index < truth.count else {
          throw .images("\(images.name(index)) has no picture in --val-truth")
        }
        found.append(index)
        continue
      }
      guard let place = places[stem] else {
        throw .images("\(images.name(index)) has no picture of its name in --val-truth")
      }
      found.append(place)
    }
    return found
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

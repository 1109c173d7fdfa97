import CycleGAN

/// Images of both domains that no network is trained on.
package struct HeldOutImages: Sendable {
  /// Domain A.
  package let imagesA: TrainingImages
  /// Domain B.
  package let imagesB: TrainingImages
  /// The paired ground truth: the images of A in domain B, by the same names; nil if there is none.
  package let reference: TrainingImages?
  /// The most images of a domain that are used.
  package let maximumCount: Int
  /// The index in `reference` for each image of A that is used; empty without a reference.
  let referenceIndices: [Int]

  /// Brings them together.
  ///
  /// - Parameters:
  ///   - imagesA: Domain A.
  ///   - imagesB: Domain B.
  ///   - reference: The paired ground truth of the images of A.
  ///   - maximumCount: The most images of a domain that are used, at least 1.
  /// - Throws: `TrainingError.images` naming the first image of A that has no reference.
  package init(
    _ imagesA: TrainingImages, _ imagesB: TrainingImages, reference: TrainingImages? = nil,
    maximumCount: Int
  ) throws(TrainingError) {
    self.imagesA = imagesA
    self.imagesB = imagesB
    self.reference = reference
    self.maximumCount = maximumCount
    referenceIndices =
      try reference.map { reference throws(TrainingError) in
        try Self.indices(of: reference, for: imagesA, count: min(imagesA.count, maximumCount))
      } ?? []
  }

  /// Images of A that are used.
  var countA: Int { min(imagesA.count, maximumCount) }
  /// Images of B that are used.
  var countB: Int { min(imagesB.count, maximumCount) }

  /// The reference of an image of A.
  ///
  /// - Parameters:
  ///   - index: Of the image, counted from 0.
  ///   - preparation: Of the reference.
  /// - Returns: Nil if there is none.
  /// - Throws: `TrainingError.images` naming the reference if it cannot be used.
  func reference(
    of index: Int, _ preparation: ImagePreparation
  ) throws(TrainingError) -> Frame? {
    try reference?.fixed(only: referenceIndices[index], preparation)
  }

  /// Refuses a reference whose size is not that of the translation.
  ///
  /// - Parameters:
  ///   - index: Of the image of A, counted from 0.
  ///   - preparation: Of the reference.
  ///   - width: Of the prepared image, px.
  ///   - height: Of the prepared image, px.
  /// - Throws: `TrainingError.options` if its size is another, `.images` if it cannot be used.
  func requireReference(
    of index: Int, _ preparation: ImagePreparation, width: Int, height: Int
  ) throws(TrainingError) {
    guard let reference, let found = try self.reference(of: index, preparation) else { return }
    guard (found.width, found.height) == (width, height) else {
      throw .options(
        "\(imagesA.name(index)) is validated at \(width) x \(height) pixels, and its reference, "
          + "\(reference.name(referenceIndices[index])), is \(found.width) x \(found.height); both "
          + "need one size")
    }
  }

  /// Finds the reference of every image.
  ///
  /// Images are matched by their names without extension, and by their order where they have none.
  private static func indices(
    of reference: TrainingImages, for images: TrainingImages, count: Int
  ) throws(TrainingError) -> [Int] {
    let named = (0..<reference.count).compactMap { index in
      reference.stem(index).map { ($0, index) }
    }
    let indices = Dictionary(named, uniquingKeysWith: { first, _ in first })
    var found: [Int] = []
    for index in 0..<count {
      guard let stem = images.stem(index) else {
        guard index < reference.count else {
          throw .images("\(images.name(index)) has no reference image")
        }
        found.append(index)
        continue
      }
      guard let index = indices[stem] else {
        throw .images("\(images.name(index)) has no reference image of its name")
      }
      found.append(index)
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

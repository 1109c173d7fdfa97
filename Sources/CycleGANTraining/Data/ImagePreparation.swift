import CycleGAN

/// What happens to the images of one domain, and what the networks need of the result.
package struct ImagePreparation: Sendable, Equatable {
  /// Channels, size, crop and flip.
  package var preprocessing: Preprocessing
  /// Both sides have to be multiples of this, px.
  package var sideMultiple: Int
  /// Both sides have to be at least this, px.
  package var minimumSide: Int

  /// Chooses what happens to images.
  ///
  /// - Parameters:
  ///   - preprocessing: Channels, size, crop and flip.
  ///   - sideMultiple: Both sides have to be multiples of this, px.
  ///   - minimumSide: Both sides have to be at least this, px.
  package init(_ preprocessing: Preprocessing, sideMultiple: Int = 1, minimumSide: Int = 1) {
    self.preprocessing = preprocessing
    self.sideMultiple = sideMultiple
    self.minimumSide = minimumSide
  }

  /// The part that is the same in every epoch: channels and size.
  func sized(_ image: Image) throws(PreprocessingError) -> Image {
    try preprocessing.sized(image)
  }

  /// The same, as far as it can be done while an image is decoded.
  var resizing: Resizing.Choice {
    { [preprocessing] width, height in
      // An image that cannot get its size is refused after it is decoded, with the reason.
      try? preprocessing.resizing(width: width, height: height)
    }
  }

  /// The part that is drawn anew in every epoch: crop and flip.
  func drawn(_ sized: Image, random: inout RandomSource) throws -> Image {
    let image = try preprocessing(sized, random: &random)
    let sides = [image.width, image.height]
    guard sides.allSatisfy({ $0 % sideMultiple == 0 && $0 >= minimumSide }) else {
      throw UnsuitableSize(image: image, preparation: self)
    }
    return image
  }
}

/// Why a prepared image cannot go into the networks.
private struct UnsuitableSize: Error, CustomStringConvertible {
  let image: Image
  let preparation: ImagePreparation

  var description: String {
    "would be trained at \(image.width) x \(image.height) pixels; the networks need multiples of "
      + "\(preparation.sideMultiple), at least \(preparation.minimumSide): use a --preprocess that "
      + "crops"
  }
}

import CTorch
import CycleGAN

/// The augmentations of the discriminators' inputs, real and fake alike, which keep them from
/// memorizing a small data set.
///
/// Source: Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training", arXiv
/// 2006.10738; ranges and order of `DiffAugment_pytorch.py` of its authors.
package enum Augmentation: String, Sendable, CaseIterable {
  /// Brightness by -0.5..<0.5, saturation times 0..<2, contrast times 0.5..<1.5.
  case color
  /// By up to an eighth of the side, each way; zeros come in.
  case translation
  /// A square of half the side, with its center anywhere, becomes zeros.
  case cutout
}

extension ct_augmentation {
  /// An image as it is.
  static let none = ct_augmentation(
    brightness: 0, saturation: 1, contrast: 1, down: 0, right: 0, top: 0, left: 0, bottom: 0, end: 0
  )

  /// Draws what happens to one image.
  ///
  /// - Parameters:
  ///   - kinds: What may happen, in any order; each is drawn anew.
  ///   - height: Rows of the image.
  ///   - width: Columns of the image.
  ///   - random: Where from.
  init(_ kinds: Set<Augmentation>, height: Int, width: Int, random: inout RandomSource) {
    self = .none
    if kinds.contains(.color) {
      brightness = random.unit() - 0.5
      saturation = random.unit() * 2
      contrast = random.unit() + 0.5
    }
    if kinds.contains(.translation) {
      down = Self.shift(height, &random)
      right = Self.shift(width, &random)
    }
    if kinds.contains(.cutout) {
      (top, bottom) = Self.hole(height, &random)
      (left, end) = Self.hole(width, &random)
    }
  }

  private static func shift(_ side: Int, _ random: inout RandomSource) -> Int64 {
    let most = (side + 4) / 8
    return Int64(random.integer(below: 2 * most + 1) - most)
  }

  /// The extent of a hole along one axis; its parts outside the image are cut off.
  private static func hole(_ side: Int, _ random: inout RandomSource) -> (Int64, Int64) {
    let size = (side + 1) / 2
    let first = random.integer(below: side + 1 - size % 2) - size / 2
    return (Int64(max(0, first)), Int64(min(side, first + size)))
  }
}

extension Tensor {
  /// Changes every image in its own way; gradients go through.
  ///
  /// - Parameters:
  ///   - kinds: What may happen; nothing leaves the images, and the source, as they are.
  ///   - random: Where the changes are drawn from.
  /// - Returns: As many images, `[N, C, H, W]`; values may leave -1...1.
  /// - Throws: `TorchError` if the device is out of memory.
  func augmented(
    _ kinds: Set<Augmentation>, random: inout RandomSource
  ) throws(TorchError) -> Tensor {
    guard !kinds.isEmpty else { return self }
    let shape = self.shape
    let drawn = (0..<shape[0]).map { _ in
      ct_augmentation(kinds, height: shape[2], width: shape[3], random: &random)
    }
    return try Tensor("augmenting") {
      ct_tensor_augment(handle, drawn, Int32(drawn.count), &$0, &$1)
    }
  }
}

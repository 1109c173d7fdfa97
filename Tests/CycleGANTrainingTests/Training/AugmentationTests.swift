import CTorch
import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

@Suite struct AugmentationTests {
  private static let all: Set<Augmentation> = [.color, .translation, .cutout]

  /// Two images of noise, [2, 3, 6, 9].
  private static let shape = [2, 3, 6, 9]
  private static let noise = TrainingMaterial.noise(seed: 5, count: 324).map {
    Float($0) / 0x1p23 - 1
  }

  private static func augmented(
    _ values: [Float], _ augmentations: [ct_augmentation]
  ) throws -> Tensor {
    try augmented(Tensor(values, shape: shape, device: .cpu), augmentations)
  }

  private static func augmented(
    _ images: Tensor, _ augmentations: [ct_augmentation]
  ) throws -> Tensor {
    try Tensor("augmenting") {
      ct_tensor_augment(images.handle, augmentations, Int32(augmentations.count), &$0, &$1)
    }
  }

  /// The definition, one value at a time.
  private static func expected(_ values: [Float], _ augmentations: [ct_augmentation]) -> [Double] {
    var images = values.map(Double.init)
    let (c, h, w) = (shape[1], shape[2], shape[3])
    for (n, one) in augmentations.enumerated() {
      let base = n * c * h * w
      func mean(_ places: [Int]) -> Double {
        places.reduce(0) { $0 + images[$1] } / Double(places.count)
      }
      let whole = Array(base..<base + c * h * w)
      for i in whole { images[i] += one.brightness }
      for pixel in 0..<h * w {
        let places = (0..<c).map { base + $0 * h * w + pixel }
        let gray = mean(places)
        for i in places { images[i] = (images[i] - gray) * one.saturation + gray }
      }
      let gray = mean(whole)
      for i in whole { images[i] = (images[i] - gray) * one.contrast + gray }
      let before = images
      for i in whole {
        let (channel, row, column) = ((i - base) / (h * w), (i - base) / w % h, (i - base) % w)
        let (y, x) = (row - Int(one.down), column - Int(one.right))
        let isInside = (0..<h).contains(y) && (0..<w).contains(x)
        let isCut =
          (Int(one.top)..<Int(one.bottom)).contains(row)
          && (Int(one.left)..<Int(one.end)).contains(column)
        images[i] = isInside && !isCut ? before[base + (channel * h + y) * w + x] : 0
      }
    }
    return images
  }

  private static let examples = [
    ct_augmentation(
      brightness: 0.25, saturation: 1.5, contrast: 0.75, down: 2, right: -3, top: 0, left: 4,
      bottom: 3, end: 9),
    ct_augmentation(
      brightness: -0.5, saturation: 0, contrast: 1.25, down: -1, right: 1, top: 5, left: 0,
      bottom: 6, end: 2),
  ]

  @Test func `images are changed as the formulas say, each in its own way`() throws {
    let found = try Self.augmented(Self.noise, Self.examples)
    #expect(found.shape == Self.shape)
    for (value, expected) in zip(
      try found.values(), Self.expected(Self.noise, Self.examples))
    {
      #expect(abs(Double(value) - expected) < 1e-6)
    }
  }

  /// What comes out of a network on a processor lies in memory channel by channel within a pixel, and
  /// what comes out of a checkpoint does not.
  @Test func `equal images give equal bits however they lie in memory`() throws {
    let model = try TrainingMaterial.model(SmallRun().options.model, seed: 1)
    let source = RandomSource(seed: 2)
    for i in 0..<8 {
      let image = TrainingMaterial.image(0, i, channels: 3, side: 16)
      let fake = try model.generatorAB(Tensor([image], device: .cpu))
      let copy = try Tensor(Array(fake.values()), shape: fake.shape, device: .cpu)
      let augmented = try [fake, copy].map { image in
        var random = source
        return try image.augmented([.color], random: &random).values()
      }
      #expect(augmented[0] == augmented[1])
    }
  }

  /// The sum of squares of the output by every input, against differences of the definition.
  @Test func `gradients go through as numeric derivatives say`() throws {
    let images = try Tensor(Self.noise, shape: Self.shape, device: .cpu).requiringGrad()
    let squares = try Self.augmented(images, Self.examples).squared()
    let gradient = try squares.gradient(by: images).values()
    func sum(_ values: [Float]) -> Double {
      Self.expected(values, Self.examples).reduce(0) { $0 + $1 * $1 }
    }
    for i in Self.noise.indices {
      var (above, below) = (Self.noise, Self.noise)
      above[i] += 0x1p-7
      below[i] -= 0x1p-7
      let numeric = (sum(above) - sum(below)) / 0x1p-6
      #expect(abs(Double(gradient[i]) - numeric) < 1e-4)
    }
  }

  @Test(arguments: [(64, 64), (7, 30)])
  func `what is drawn fills the ranges of the paper evenly`(height: Int, width: Int) {
    var random = RandomSource(seed: 3)
    let drawn = (0..<20_000).map { _ in
      ct_augmentation(Self.all, height: height, width: width, random: &random)
    }
    func check(_ values: [Double], _ range: ClosedRange<Double>, steps: Double = 0) {
      let (lowest, highest) = (values.min() ?? .nan, values.max() ?? .nan)
      let extent = range.upperBound - range.lowerBound
      #expect(lowest >= range.lowerBound && lowest < range.lowerBound + 0.01 * extent)
      #expect(highest <= range.upperBound && highest > range.upperBound - 0.01 * extent)
      let mean = values.reduce(0, +) / Double(values.count)
      #expect(abs(mean - (range.lowerBound + range.upperBound) / 2) < 0.02 * extent)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      // Of n equal steps the variance is (n^2 - 1) / 12 steps^2.
      let expected = steps > 0 ? (steps * steps - 1) / 12 : extent * extent / 12
      #expect(abs(variance / expected - 1) < 0.05)
    }
    check(drawn.map(\.brightness), -0.5...0.5)
    check(drawn.map(\.saturation), 0...2)
    check(drawn.map(\.contrast), 0.5...1.5)
    for (side, shift, extent) in [
      (height, \ct_augmentation.down, (\ct_augmentation.top, \ct_augmentation.bottom)),
      (width, \ct_augmentation.right, (\ct_augmentation.left, \ct_augmentation.end)),
    ] {
      let most = Double(Int(Double(side) * 0.125 + 0.5))
      check(drawn.map { Double($0[keyPath: shift]) }, -most...most, steps: 2 * most + 1)
      let size = Int(Double(side) * 0.5 + 0.5)
      let holes = drawn.map { (Int($0[keyPath: extent.0]), Int($0[keyPath: extent.1])) }
      #expect(holes.allSatisfy { 0 <= $0.0 && $0.0 <= $0.1 && $0.1 <= side })
      #expect(holes.map { $0.1 - $0.0 }.max() == size)
      // The centre is anywhere, so that at the least half of the hole is inside.
      #expect(holes.map { $0.1 - $0.0 }.min() == (size % 2 == 0 ? size / 2 : size / 2 + 1))
    }
  }

  @Test func `what is not asked for does not happen`() {
    var random = RandomSource(seed: 3)
    let moved = ct_augmentation([.translation], height: 64, width: 64, random: &random)
    #expect([moved.brightness, moved.saturation, moved.contrast] == [0, 1, 1])
    #expect(moved.top == moved.bottom)
  }

  @Test func `a source of its own feeds it, and without it nothing is drawn or kept`() throws {
    func stepped(_ augmentations: Set<Augmentation>) throws -> CycleGANModel {
      var options = try SmallRun().options.model
      options.augmentations = augmentations
      let model = try TrainingMaterial.model(options, seed: 1)
      let images = (0..<2).map { TrainingMaterial.image($0, 0, channels: 3, side: 16) }
      _ = try model.step(realA: [images[0]], realB: [images[1]])
      return model
    }
    let (plain, changed) = (try stepped([]), try stepped(Self.all))
    #expect(plain.random == changed.random)
    #expect(try plain.state()["random/augmentation"] == nil)
    #expect(try changed.state()["random/augmentation"] != nil)
    let fresh = RandomSource(seed: 1).stream(Purpose.augmentation)
    #expect(plain.augmentationRandom == fresh)
    #expect(changed.augmentationRandom != fresh)
    for role in NetworkRole.allCases {
      #expect(try plain.weights(of: role).tensors != changed.weights(of: role).tensors)
    }
  }
}

import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct TrainingImagesTests {
  @Test func `an image that is refused has drawn nothing, whether it is tried again or not`() throws
  {
    let sides = [4, 24]
    let images = TrainingImages(
      sides.enumerated().map { place, side in
        .frame(TrainingMaterial.image(0, place, channels: 3, side: side), name: nil)
      }, cache: ImageCache(maximumBytes: 0))
    let preparation = ImagePreparation(Preprocessing(mode: .none), sideMultiple: 4, minimumSide: 16)
    // Seeds enough for both flips.
    for seed in 0..<8 {
      let found = try (0..<2).map { _ in
        var random = RandomSource(seed: UInt64(seed))
        let (image, index) = try images.prepared(0, preparation, random: &random)
        #expect(index == 1)
        return (image, random)
      }
      #expect(found[0].0 == found[1].0)
      #expect(found[0].1 == found[1].1)
    }
    #expect(images.failures.count == 1)
  }
}

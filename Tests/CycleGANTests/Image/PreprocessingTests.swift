import CycleGAN
import Testing

@Suite struct PreprocessingTests {
  @Test func `every mode gives the official size`() throws {
    for line in try Fixtures.table("parity/preprocessing.tsv") {
      let mode = try #require(Preprocessing.Mode(rawValue: line[0]))
      let numbers = try line.dropFirst().map { try #require(Int($0)) }
      let preprocessing = Preprocessing(mode: mode, loadSize: numbers[0], cropSize: numbers[1])
      let size = try preprocessing.size(width: numbers[2], height: numbers[3])
      #expect(size == (numbers[4], numbers[5]), "\(line)")
    }
  }

  @Test func `an image is resized, cropped at a random position and flipped half of the time`()
    throws
  {
    let preprocessing = Preprocessing(loadSize: 12, cropSize: 8)
    let image = Image.noise(width: 9, height: 17, channels: 3)
    var random = RandomSource(seed: 3)
    let resized = try image.resized(width: 12, height: 12)
    let parts = try (0..<5).flatMap { y in
      try (0..<5).map { try resized.cropped(x: $0, y: y, width: 8, height: 8) }
    }
    var flips = 0
    var positions = Set<Int>()
    for _ in 0..<200 {
      let prepared = try preprocessing(image, random: &random)
      if let position = parts.firstIndex(of: prepared) {
        positions.insert(position)
      } else {
        flips += 1
        positions.insert(try #require(parts.firstIndex(of: prepared.flipped())))
      }
    }
    #expect((70...130).contains(flips))
    #expect(positions.count == 25)
  }

  @Test func `nothing is drawn where there is no choice`() throws {
    let preprocessing = Preprocessing(mode: .crop, cropSize: 9, flips: false)
    var random = RandomSource(seed: 3)
    let image = Image.noise(width: 9, height: 9, channels: 3)
    #expect(try preprocessing(image, random: &random) == image)
    #expect(random == RandomSource(seed: 3))
  }

  @Test func `color becomes gray before the resize, gray becomes color`() throws {
    var random = RandomSource(seed: 3)
    let image = Image.noise(width: 9, height: 9, channels: 3)
    let gray = Preprocessing(loadSize: 5, cropSize: 5, flips: false, channels: 1)
    #expect(try gray(image, random: &random) == image.gray().resized(width: 5, height: 5))
    let color = Preprocessing(mode: .crop, cropSize: 9, flips: false, channels: 3)
    #expect(try color(image.gray(), random: &random) == image.gray().rgb())
  }

  @Test func `an image smaller than the crop is refused with both sizes`() {
    var random = RandomSource(seed: 3)
    let image = Image.noise(width: 9, height: 300, channels: 3)
    let error = #expect(throws: PreprocessingError.self) {
      try Preprocessing(mode: .crop)(image, random: &random)
    }
    #expect(error == .smallerThanCrop(width: 9, height: 300, side: 256))
    #expect(
      error?.description.contains("9 x 300 pixels, smaller than the crop of 256 x 256") == true)
    #expect(error.map(describedWithHint)?.hasSuffix("; see --crop-size and --load-size") == true)
  }

  @Test func `a side that would round to nothing is refused`() {
    #expect(throws: PreprocessingError.tooSmall(width: 2, height: 9, needed: 3)) {
      try Preprocessing(mode: .none).size(width: 2, height: 9)
    }
  }

  @Test func `an image that would grow too large is refused before it grows`() {
    var random = RandomSource(seed: 3)
    let column = Image.noise(width: 1, height: 30_000, channels: 1)
    for size in [286, 1 << 40, Int.max] {
      #expect(throws: PreprocessingError.self) {
        try Preprocessing(mode: .scaleWidth, loadSize: size, maximumPixels: 1_000_000)(
          column, random: &random)
      }
    }
  }
}

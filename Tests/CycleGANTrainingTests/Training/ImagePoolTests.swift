import CycleGAN
import Testing

@testable import CycleGANTraining

@Suite struct ImagePoolTests {
  @Test func `a pool without capacity lets everything through and draws nothing`() throws {
    var pool = ImagePool(capacity: 0)
    var random = RandomSource(seed: 1)
    #expect(try pool.query(image(7), random: &random).values() == [7])
    #expect(pool.images.isEmpty)
    #expect(random == RandomSource(seed: 1))
  }

  @Test func `until it is full a pool keeps and returns every image, and draws nothing`() throws {
    var pool = ImagePool(capacity: 3)
    var random = RandomSource(seed: 1)
    for i in 0..<3 {
      #expect(try pool.query(image(Float(i)), random: &random).values() == [Float(i)])
    }
    #expect(try pool.images.map { try $0.values() } == [[0], [1], [2]])
    #expect(random == RandomSource(seed: 1))
  }

  /// Source: `ImagePool.query` in the official image_pool.py, over the same draws.
  @Test func `a full pool swaps an image where the draw is above one half, else passes it`() throws
  {
    var pool = ImagePool(capacity: 4)
    var random = RandomSource(seed: 9)
    for i in 0..<4 { _ = try pool.query(image(Float(i)), random: &random) }
    var (expected, draws, swaps) = ([Float](arrayLiteral: 0, 1, 2, 3), random, 0)
    for i in 4..<204 {
      let returned = try pool.query(image(Float(i)), random: &random).values()
      guard draws.unit() > 0.5 else {
        #expect(returned == [Float(i)])
        continue
      }
      let place = draws.integer(below: 4)
      #expect(returned == [expected[place]])
      expected[place] = Float(i)
      swaps += 1
    }
    #expect(try pool.images.flatMap { try $0.values() } == expected)
    #expect((70...130).contains(swaps), "\(swaps) of 200")
  }

  @Test func `a batch goes through image by image`() throws {
    var pool = ImagePool(capacity: 3)
    var random = RandomSource(seed: 1)
    let batch = try Tensor([1, 2], shape: [2, 1, 1, 1], device: .cpu)
    let returned = try pool.query(batch, random: &random)
    #expect(returned.shape == [2, 1, 1, 1])
    #expect(try returned.values() == [1, 2])
    #expect(pool.images.count == 2)
  }

  @Test func `what a pool keeps does not change with the tensor it came from`() throws {
    var pool = ImagePool(capacity: 1)
    var random = RandomSource(seed: 1)
    let fake = try image(5)
    _ = try pool.query(fake, random: &random)
    try fake.write([Float(6)])
    #expect(try pool.images[0].values() == [5])
  }

  private func image(_ value: Float) throws -> Tensor {
    try Tensor([value], shape: [1, 1, 1, 1], device: .cpu)
  }
}

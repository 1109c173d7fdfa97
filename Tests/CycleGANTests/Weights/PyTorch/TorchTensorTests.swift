@testable import CycleGAN
import Testing

@Suite struct TorchTensorTests {
  @Test func `bounds are those of every single element`() {
    var random = RandomSource(seed: 12)
    func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    var good = 0
    for _ in 0..<10_000 {
      let rank = number(4)
      let shape = (0..<rank).map { _ in number(5) }
      let strides = (0..<rank).map { _ in number(9) }
      let (offset, count) = (number(20), number(40))
      var places = [offset]
      for (extent, stride) in zip(shape, strides) {
        places = places.flatMap { place in (0..<extent).map { place + $0 * stride } }
      }
      let reach = TorchTensor.reach(shape, strides, offset: offset, within: count)
      let isInside = places.allSatisfy { $0 < count }
      #expect((reach != nil) == isInside, "\(shape) \(strides) \(offset) \(count)")
      guard let reach, let least = places.min(), let most = places.max() else { continue }
      #expect(reach == least..<most + 1)
      good += 1
    }
    #expect(good > 2000)
  }
}

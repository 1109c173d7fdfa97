import CycleGAN
import Testing

@Suite struct RandomSourceTests {
  @Test func `the numbers are those of the published generator`() {
    var source = RandomSource(state: [1, 2, 3, 4])
    #expect(
      (0..<4).map { _ in source.next() } == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
  }

  @Test func `a saved state goes on where it was`() {
    var source = RandomSource(seed: 5)
    _ = source.next()
    var copy = RandomSource(state: source.state)
    #expect((0..<9).map { _ in source.next() } == (0..<9).map { _ in copy.next() })
  }

  @Test func `streams for other purposes are others and leave the source alone`() {
    let source = RandomSource(seed: 5)
    let states = (0..<100).map { source.stream($0).state }
    #expect(Set(states).count == 100)
    #expect(source == RandomSource(seed: 5))
    #expect(source.stream(3) == source.stream(3))
  }

  @Test func `integers and fractions stay in range and use all of it`() {
    var source = RandomSource(seed: 1)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<6000 { counts[source.integer(below: 6)] += 1 }
    #expect(counts.allSatisfy { (850...1150).contains($0) }, "\(counts)")
    let fractions = (0..<1000).map { _ in source.unit() }
    #expect(fractions.allSatisfy { (0..<1).contains($0) })
    #expect(source.integer(below: 1) == 0)
  }

  @Test func `shuffling keeps every element`() {
    var source = RandomSource(seed: 2)
    var numbers = Array(0..<50)
    source.shuffle(&numbers)
    #expect(numbers != Array(0..<50))
    #expect(numbers.sorted() == Array(0..<50))
  }
}

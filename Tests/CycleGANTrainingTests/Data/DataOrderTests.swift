@testable import CycleGANTraining
import Testing

@Suite struct DataOrderTests {
  @Test func `every epoch takes every image of a larger A once, and another order each time`() {
    let order = DataOrder(countA: 40, countB: 30, batchSize: 1, serial: false, seed: 1)
    let first = order.pairs(epoch: 1).map(\.indexA)
    let second = order.pairs(epoch: 2).map(\.indexA)
    #expect(first.sorted() == Array(0..<40))
    #expect(second.sorted() == Array(0..<40))
    #expect(first != second)
  }

  @Test func `the smaller A is taken over again`() {
    let order = DataOrder(countA: 3, countB: 7, batchSize: 1, serial: false, seed: 1)
    let counts = order.pairs(epoch: 1).reduce(into: [0, 0, 0]) { $0[$1.indexA] += 1 }
    #expect(counts == [3, 2, 2])
  }

  @Test func `B is drawn anew for every pair, with repetitions`() {
    let order = DataOrder(countA: 1000, countB: 10, batchSize: 1, serial: false, seed: 1)
    let pairs = order.pairs(epoch: 1)
    let counts = pairs.reduce(into: [Int](repeating: 0, count: 10)) { $0[$1.indexB] += 1 }
    #expect(counts.allSatisfy { (60...140).contains($0) }, "\(counts) of 1000")
    #expect(pairs.contains { $0.indexA % 10 != $0.indexB })
  }

  @Test func `serial order walks through both sets side by side`() {
    let order = DataOrder(countA: 5, countB: 3, batchSize: 1, serial: true, seed: 1)
    let pairs = order.pairs(epoch: 4)
    #expect(pairs.map(\.indexA) == [0, 1, 2, 3, 4])
    #expect(pairs.map(\.indexB) == [0, 1, 2, 0, 1])
  }

  @Test func `an epoch's order does not depend on those before it`() {
    let one = DataOrder(countA: 9, countB: 9, batchSize: 1, serial: false, seed: 5)
    let other = DataOrder(countA: 9, countB: 9, batchSize: 1, serial: false, seed: 5)
    _ = one.pairs(epoch: 1)
    #expect(one.pairs(epoch: 7) == other.pairs(epoch: 7))
  }

  @Test func `seeds give orders of their own`() {
    let orders = (0..<2).map {
      DataOrder(countA: 30, countB: 30, batchSize: 1, serial: false, seed: $0)
    }
    #expect(orders[0].pairs(epoch: 1) != orders[1].pairs(epoch: 1))
  }

  @Test func `the last batch of an epoch may be short`() {
    let order = DataOrder(countA: 7, countB: 2, batchSize: 3, serial: false, seed: 1)
    #expect(order.epochLength == 7)
    #expect(order.stepsPerEpoch == 3)
  }

  @Test(arguments: [false, true])
  func `a reshuffle keeps what came before, takes the rest otherwise, and every image once`(
    serial: Bool
  ) {
    let order = DataOrder(countA: 40, countB: 30, batchSize: 1, serial: serial, seed: 1)
    var other = order
    other.reshuffle = .init(epoch: 3, pair: 10)
    #expect(other.pairs(epoch: 2) == order.pairs(epoch: 2))
    #expect(other.pairs(epoch: 3).prefix(10) == order.pairs(epoch: 3).prefix(10))
    for epoch in [3, 4] {
      let (before, after) = (order.pairs(epoch: epoch), other.pairs(epoch: epoch))
      #expect(after.map(\.indexA).sorted() == Array(0..<40))
      #expect((before.map(\.indexA) == after.map(\.indexA)) == serial)
      #expect(before.suffix(30).map(\.random) != after.suffix(30).map(\.random))
    }
  }
}

import Dispatch
import Synchronization
import Testing

@testable import CycleGAN

@Suite struct PipelineTests {
  @Test func `a channel hands on everything in order, and then nothing for ever`() {
    let channel = Channel<Int>(depth: 2)
    DispatchQueue(label: "sender").async {
      for i in 0..<100 { channel.send(i) }
      channel.close()
    }
    for i in 0..<100 { #expect(channel.receive() == i) }
    #expect(channel.receive() == nil)
    #expect(channel.receive() == nil)
  }

  @Test func `closing a channel wakes every receiver`() {
    let channel = Channel<Int>(depth: 1)
    let group = DispatchGroup()
    for i in 0..<4 {
      DispatchQueue(label: "receiver \(i)").async(group: group) { _ = channel.receive() }
    }
    channel.close()
    #expect(group.wait(timeout: .now() + 10) == .success)
  }

  @Test(arguments: [1, 2, 8])
  func `results keep the order of the elements`(threads: Int) {
    var elements = (0..<500).makeIterator()
    let map = ParallelMap<Int, Int>(threads: threads, ahead: 1) {
      elements.next()
    } transform: { element, index in
      // The later ones are the quicker ones.
      for _ in 0..<(500 - index) * 20 { _ = Atomic(element) }
      return element * index
    }
    for i in 0..<500 { #expect(map.next() == i * i) }
    #expect(map.next() == nil)
    #expect(map.next() == nil)
  }

  @Test(arguments: [(1, 0), (2, 1), (4, 3)])
  func `no more is taken ahead than there is room for`(threads: Int, ahead: Int) {
    let taken = Taken()
    let map = ParallelMap<Int, Int>(threads: threads, ahead: ahead) {
      taken.add()
    } transform: { element, _ in
      element
    }
    for i in 0..<200 {
      #expect(map.next() == i)
      // One more for the room that this result has just made.
      #expect(taken.count <= i + 1 + threads + ahead)
    }
    map.cancel()
    #expect(map.next() == nil)
  }

  @Test func `a wait for a silent source can be cancelled`() {
    let silence = DispatchSemaphore(value: 0)
    let map = ParallelMap<Int, Int>(threads: 2, ahead: 1) {
      silence.wait()
      return nil
    } transform: { element, _ in
      element
    }
    DispatchQueue(label: "canceller").asyncAfter(deadline: .now() + 0.05) { map.cancel() }
    #expect(map.next() == nil)
    silence.signal()
    silence.signal()
  }

  @Test func `everybody who waits for a promise gets it, before it is kept and afterwards`() {
    let promise = Promise<Int>()
    let found = Mutex<[Int?]>([])
    let group = DispatchGroup()
    for i in 0..<4 {
      DispatchQueue(label: "waiter \(i)").async(group: group) {
        let value = promise.wait()
        found.withLock { $0.append(value) }
      }
    }
    promise.keep(7)
    #expect(group.wait(timeout: .now() + 10) == .success)
    #expect(found.withLock { $0 } == [7, 7, 7, 7])
    #expect(promise.wait() == 7)
  }

  @Test func `only what is small is computed on one core`() throws {
    let computation = Computation<Int, Int>(isSmall: { $0 < 10 }) { 2 * $0 }
    #expect(try computation.onOneCore(9) == 18)
    #expect(try computation.onOneCore(10) == nil)
    #expect(try computation(10) == 20)
  }

  @Test func `a task's failure is known before it is waited for, and what follows is done`() {
    let hasFollowed = Atomic(false)
    let writer = Writer { () throws(ToolError) in
      throw ToolError(.inputOutput, "full")
    } afterwards: {
      hasFollowed.store(true, ordering: .sequentiallyConsistent)
    }
    #expect(throws: ToolError.self) { try writer.finish() }
    #expect(writer.hasFailed)
    let isDone = hasFollowed.load(ordering: .sequentiallyConsistent)
    #expect(isDone)
  }
}

/// Counts what was taken, from 0.
private final class Taken: Sendable {
  private let next = Atomic(0)

  var count: Int { next.load(ordering: .sequentiallyConsistent) }

  func add() -> Int { next.add(1, ordering: .sequentiallyConsistent).oldValue }
}

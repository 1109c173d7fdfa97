import Synchronization
import Testing

@testable import CycleGAN

@Suite struct OrderedPoolTests {
  @Test func `a channel hands on everything in order, and then nothing for ever`() throws {
    let channel = Channel<Int>(depth: 2)
    let sender = try BlockingThread {
      for i in 0..<100 { channel.send(i) }
      channel.close()
    }
    for i in 0..<100 { #expect(channel.receive() == i) }
    #expect(channel.receive() == nil)
    #expect(channel.receive() == nil)
    sender.join()
  }

  @Test func `closing a channel wakes every receiver`() throws {
    let channel = Channel<Int>(depth: 1)
    let receivers = try (0..<4).map { _ in try BlockingThread { _ = channel.receive() } }
    channel.close()
    for receiver in receivers { receiver.join() }
  }

  @Test(arguments: [1, 2, 8, 300, 1024])
  func `outputs keep the order of the inputs, with any number of threads`(threads: Int) throws {
    var inputs = (0..<3000).makeIterator()
    let pool = try OrderedPool<Int, Int>(threads: threads, depth: 1) {
      inputs.next()
    } transform: { input, index in
      // The later ones are the quicker ones.
      for _ in 0..<(3000 - index) { _ = Atomic(input) }
      return input * index
    }
    for i in 0..<3000 { #expect(pool.next() == i * i) }
    #expect(pool.next() == nil)
    #expect(pool.next() == nil)
  }

  @Test(arguments: [2, 300, 1024])
  func `as many inputs are transformed at once as there are threads`(threads: Int) throws {
    var inputs = (0..<threads).makeIterator()
    let here = Atomic(0)
    let all = Semaphore(0)
    let pool = try OrderedPool<Int, Int>(threads: threads, depth: 0) {
      inputs.next()
    } transform: { input, _ in
      // Nobody goes on before everybody is here.
      let count = here.add(1, ordering: .sequentiallyConsistent).newValue
      if count == threads { for _ in 0..<threads { all.signal() } }
      all.wait()
      return input
    }
    for i in 0..<threads { #expect(pool.next() == i) }
    #expect(pool.next() == nil)
  }

  @Test(arguments: [(1, 0), (2, 1), (4, 3)])
  func `no more is taken ahead than there is room for`(threads: Int, depth: Int) throws {
    let taken = Taken()
    let pool = try OrderedPool<Int, Int>(threads: threads, depth: depth) {
      taken.add()
    } transform: { input, _ in
      input
    }
    for i in 0..<200 {
      #expect(pool.next() == i)
      // One more for the room that this output has just made.
      #expect(taken.count <= i + 1 + threads + depth)
    }
    pool.cancel()
    #expect(pool.next() == nil)
  }

  @Test func `a wait for a silent source can be cancelled`() throws {
    let silence = Semaphore(0)
    let pool = try OrderedPool<Int, Int>(threads: 2, depth: 1) {
      silence.wait()
      return nil
    } transform: { input, _ in
      input
    }
    let canceller = try BlockingThread { pool.cancel() }
    #expect(pool.next() == nil)
    silence.signal()
    canceller.join()
  }

  @Test func `threads that wait for room end when the pool is cancelled`() throws {
    let ended = Semaphore(0)
    do {
      let inputs = EndlessInputs(onRelease: ended)
      let pool = try OrderedPool<Int, Int>(threads: 300, depth: 1) {
        inputs.next()
      } transform: { input, _ in
        input
      }
      #expect(pool.next() == 0)
      pool.cancel()
    }
    // Every thread holds the pool, and the pool its source: the source goes with the last thread.
    ended.wait()
  }
}

/// Counts what was taken, from 0.
private final class Taken: Sendable {
  private let next = Atomic(0)

  var count: Int { next.load(ordering: .sequentiallyConsistent) }

  func add() -> Int { next.add(1, ordering: .sequentiallyConsistent).oldValue }
}

/// Inputs without an end, which say when nobody holds them any more.
private final class EndlessInputs: Sendable {
  private let taken = Taken()
  private let onRelease: Semaphore

  init(onRelease: Semaphore) { self.onRelease = onRelease }

  deinit { onRelease.signal() }

  func next() -> Int? { taken.add() }
}

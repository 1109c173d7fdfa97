/// Threads that transform inputs into outputs, handed out in the inputs' order.
///
/// Works only as far ahead as its depth allows, so that memory does not depend on the number of
/// inputs. Threads start as inputs come: a pool of 1024 threads with three inputs has four.
package final class OrderedPool<Input: Sendable, Output: Sendable>: Sendable {
  private struct Taking {
    let next: () -> Input?
    var count = 0
    var isAtEnd = false
  }

  private struct Giving {
    var count = 0
    var ready: [Int: Output] = [:]
    /// Threads that may still add to `ready`.
    var working = 1
    var isCancelled = false
  }

  private let threads: Int
  private let taking: Locked<Taking>
  private let giving = Locked(Giving())
  private let transform: @Sendable (Input, Int) -> Output
  /// Outputs that may be begun.
  private let room: Semaphore
  private let filled = Semaphore(0)

  /// Starts to work.
  ///
  /// - Parameters:
  ///   - threads: The most threads that work, at least 1.
  ///   - depth: Outputs that may wait besides those being made.
  ///   - next: Gives the next input; asked by one thread at a time, and never again after nil.
  ///   - transform: Makes an output of an input and its index, counted from 0.
  /// - Throws: `SystemError` if not even one thread can be started.
  package init(
    threads: Int, depth: Int, next: sending @escaping () -> Input?,
    transform: @escaping @Sendable (Input, Int) -> Output
  ) throws(SystemError) {
    self.threads = threads
    self.transform = transform
    taking = Locked(Taking(next: next))
    room = Semaphore(threads + depth)
    try BlockingThread { [self] in work(number: 1) }.detach()
  }

  /// Waits for the next output.
  ///
  /// - Returns: nil after the last one, and once cancelled.
  package func next() -> Output? {
    while true {
      let (output, isAtEnd) = giving.withLock { giving -> (Output?, Bool) in
        guard !giving.isCancelled else { return (nil, true) }
        let output = giving.ready.removeValue(forKey: giving.count)
        if output != nil { giving.count += 1 }
        return (output, giving.working == 0 && giving.ready.isEmpty)
      }
      if let output {
        room.signal()
        return output
      }
      if isAtEnd { return nil }
      filled.wait()
    }
  }

  /// Drops all outputs, ends the wait for them, even for an input that does not come for hours, and
  /// lets the threads end.
  package func cancel() {
    giving.withLock { giving in
      giving.isCancelled = true
      giving.ready = [:]
    }
    filled.signal()
    room.signal()
  }

  private func work(number: Int) {
    var mayStartNext = number < threads
    while true {
      room.wait()
      guard let (input, index) = take() else { break }
      if mayStartNext {
        mayStartNext = false
        start(number + 1)
      }
      let output = transform(input, index)
      giving.withLock { giving in
        if !giving.isCancelled { giving.ready[index] = output }
      }
      filled.signal()
    }
    giving.withLock { $0.working -= 1 }
    filled.signal()
    // The others may wait for room that nobody is going to make.
    room.signal()
  }

  private func take() -> (Input, Int)? {
    taking.withLock { taking in
      guard !taking.isAtEnd, !giving.withLock({ $0.isCancelled }), let input = taking.next() else {
        taking.isAtEnd = true
        return nil
      }
      defer { taking.count += 1 }
      return (input, taking.count)
    }
  }

  /// Starts another thread; where the system allows no more, those that are there do the work.
  private func start(_ number: Int) {
    giving.withLock { $0.working += 1 }
    do throws(SystemError) {
      try BlockingThread { [self] in work(number: number) }.detach()
    } catch {
      giving.withLock { $0.working -= 1 }
    }
  }
}

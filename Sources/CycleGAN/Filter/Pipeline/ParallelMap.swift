import Dispatch
import Synchronization

/// Turns the elements of a sequence into others on several threads, and hands them out in order.
///
/// Works only as far ahead as there is room, so that memory does not depend on the length.
final class ParallelMap<Element: Sendable, Result: Sendable>: Sendable {
  /// Where elements come from; asked by one thread at a time, and never again after nil.
  typealias Source = () -> Element?

  private struct Input: ~Copyable {
    let source: Source
    var taken = 0
    var isAtEnd = false

    mutating func next() -> (index: Int, element: Element)? {
      guard !isAtEnd else { return nil }
      guard let element = source() else {
        isAtEnd = true
        return nil
      }
      defer { taken += 1 }
      return (taken, element)
    }
  }

  private struct Output {
    var given = 0
    var ready: [Int: Result] = [:]
    var working: Int
    var isCancelled = false
  }

  private let input: Mutex<Input>
  private let output: Mutex<Output>
  private let transform: @Sendable (Element, Int) -> Result
  private let room = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)

  /// Starts to work.
  ///
  /// - Parameters:
  ///   - threads: Threads that work, at least 1.
  ///   - ahead: Results that may wait besides those being made.
  ///   - source: Where elements come from.
  ///   - transform: Makes a result of an element and its place, counted from 0.
  init(
    threads: Int, ahead: Int, source: sending @escaping Source,
    transform: @escaping @Sendable (Element, Int) -> Result
  ) {
    input = Mutex(Input(source: source))
    output = Mutex(Output(working: threads))
    self.transform = transform
    for _ in 0..<threads + ahead { room.signal() }
    for _ in 0..<threads {
      DispatchQueue(label: "worker").async { [self] in work() }
    }
  }

  /// Waits for the next result.
  ///
  /// - Returns: nil at the end, and once cancelled.
  func next() -> Result? {
    while true {
      let (result, isAtEnd) = output.withLock { output -> (Result?, Bool) in
        guard !output.isCancelled else { return (nil, true) }
        let result = output.ready.removeValue(forKey: output.given)
        if result != nil { output.given += 1 }
        return (result, output.working == 0 && output.ready.isEmpty)
      }
      if let result {
        room.signal()
        return result
      }
      if isAtEnd { return nil }
      filled.wait()
    }
  }

  /// Ends the wait for results, even of a source that has nothing to say for hours.
  func cancel() {
    output.withLock { $0.isCancelled = true }
    filled.signal()
  }

  private func work() {
    while true {
      room.wait()
      guard let (index, element) = input.withLock({ $0.next() }) else { break }
      let result = transform(element, index)
      output.withLock { $0.ready[index] = result }
      filled.signal()
    }
    output.withLock { $0.working -= 1 }
    filled.signal()
    // The others may wait for room that nobody is going to make.
    room.signal()
  }
}

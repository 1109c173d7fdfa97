import Dispatch
import Synchronization

/// Hands values from one thread to others, a bounded number at a time.
final class Channel<Value: Sendable>: Sendable {
  private struct State {
    var values: [Value] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let room = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)

  /// Opens a channel.
  ///
  /// - Parameter depth: Values that may wait, at least 1.
  init(depth: Int) {
    for _ in 0..<depth { room.signal() }
  }

  /// Puts a value in, waiting while there is no room.
  func send(_ value: Value) {
    room.wait()
    state.withLock { $0.values.append(value) }
    filled.signal()
  }

  /// Says that no more will come.
  func close() {
    state.withLock { $0.isClosed = true }
    filled.signal()
  }

  /// Takes the oldest value out, waiting while there is none.
  ///
  /// - Returns: nil once the channel is closed and empty.
  func receive() -> Value? {
    filled.wait()
    let value = state.withLock { $0.values.isEmpty ? nil : $0.values.removeFirst() }
    // Closing is told once, and every receiver has to hear it.
    if value == nil { filled.signal() } else { room.signal() }
    return value
  }
}

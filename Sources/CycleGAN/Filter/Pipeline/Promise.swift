import Dispatch
import Synchronization

/// A value that one thread makes while others wait for it.
final class Promise<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let isKept = DispatchSemaphore(value: 0)

  /// Says what the value is, nil for none; once.
  func keep(_ made: Value?) {
    value.withLock { $0 = made }
    isKept.signal()
  }

  /// Waits until it is known.
  func wait() -> Value? {
    isKept.wait()
    isKept.signal()
    return value.withLock { $0 }
  }
}

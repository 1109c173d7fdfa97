import Glibc

/// A thread of its own for work that blocks.
///
/// Nothing here runs on a shared pool: a pool of fixed size can be full of workers that wait for one
/// that cannot start.
package struct BlockingThread: @unchecked Sendable {
  // pthread_t is a number; joining from another thread than the one that started it is allowed.
  private let handle: pthread_t

  /// What one worker needs: codecs keep their buffers on the heap.
  private static let stackBytes = 1 << 20

  /// Starts a thread.
  ///
  /// Signals that ask the process for something are left to the threads that were there before; those
  /// that concern the work of a thread, such as SIGPIPE, reach it.
  ///
  /// - Parameter work: Runs once.
  /// - Throws: `SystemError` if the system allows no more threads.
  package init(_ work: @escaping @Sendable () -> Void) throws(SystemError) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackBytes)
    var (blocked, before) = (sigset_t(), sigset_t())
    sigfillset(&blocked)
    for number in [SIGPIPE, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGPROF] {
      sigdelset(&blocked, number)
    }
    pthread_sigmask(SIG_SETMASK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let box = Unmanaged.passRetained(Work(run: work))
    var handle = pthread_t()
    let status = pthread_create(
      &handle, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard status == 0 else {
      box.release()
      throw SystemError(code: status)
    }
    self.handle = handle
  }

  /// Lets the thread end whenever it does.
  package func detach() { pthread_detach(handle) }

  /// Waits until the thread has ended.
  package func join() { pthread_join(handle, nil) }

  private final class Work: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

/// State that several threads use, one at a time.
///
/// `Synchronization.Mutex` with the lock of pthreads: ThreadSanitizer sees that one.
package final class Locked<State>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var state: State

  /// Takes over a state.
  ///
  /// - Parameter state: What it is at first; nobody else uses it from now on.
  package init(_ state: sending State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Reads or changes the state while no other thread does.
  ///
  /// - Parameter body: Must not use the lock itself.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  package func withLock<Result, Failure: Error>(
    _ body: (inout sending State) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }
}

/// A count that threads can wait for.
///
/// Source: sem_overview(7).
package final class Semaphore: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  /// Begins with a count.
  ///
  /// - Parameter value: How many waits end at once, at least 0.
  package init(_ value: Int) {
    let status = sem_init(semaphore, 0, UInt32(value))
    precondition(status == 0, "a semaphore cannot count to \(value)")
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  /// Adds one to the count.
  package func signal() { sem_post(semaphore) }

  /// Takes one from the count, waiting while it is 0.
  package func wait() {
    while sem_wait(semaphore) != 0 && errno == EINTR {}
  }
}

/// Hands values from one thread to others, a bounded number at a time.
package final class Channel<Value: Sendable>: Sendable {
  private struct State {
    var values: [Value] = []
    var isClosed = false
  }

  private let state = Locked(State())
  private let room: Semaphore
  private let filled = Semaphore(0)

  /// Opens a channel.
  ///
  /// - Parameter depth: Values that may wait, at least 1.
  package init(depth: Int) { room = Semaphore(depth) }

  /// Puts a value in, waiting while there is no room.
  ///
  /// - Parameter value: The youngest.
  package func send(_ value: Value) {
    room.wait()
    state.withLock { $0.values.append(value) }
    filled.signal()
  }

  /// Says that no more will come.
  package func close() {
    state.withLock { $0.isClosed = true }
    filled.signal()
  }

  /// Takes the oldest value out, waiting while there is none.
  ///
  /// - Returns: nil once the channel is closed and empty.
  package func receive() -> Value? {
    filled.wait()
    let value = state.withLock { $0.values.isEmpty ? nil : $0.values.removeFirst() }
    // Closing signals once, and every receiver has to wake up.
    if value == nil { filled.signal() } else { room.signal() }
    return value
  }
}

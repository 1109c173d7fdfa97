import Glibc
import Synchronization

/// What happens where Swift itself gets no memory: the tool ends with the status for it.
///
/// Whatever has its size from an input or a network is a `Buffer`, whose failure is an error like others.
/// The rest is small, such as the names of tensors, and Swift traps where it cannot allocate it. A trap
/// right after a `malloc` that failed becomes a message and an exit status; any other trap stays one.
enum MemoryGuard {
  /// The address of the message, which is ready before there is no memory for it.
  private static let message = Atomic<UInt>(0)
  private static let count = Atomic<Int>(0)

  /// Begins to watch.
  ///
  /// - Parameter tool: The tool's name.
  static func start(tool: String) {
    let text = Array(
      "\(tool): out of memory; free memory, or raise its limit (ulimit -v)\n".utf8)
    let copy = UnsafeMutableRawPointer.allocate(byteCount: text.count, alignment: 1)
    copy.copyMemory(from: text, byteCount: text.count)
    message.store(UInt(bitPattern: copy), ordering: .relaxed)
    count.store(text.count, ordering: .relaxed)
    for number in [SIGABRT, SIGILL, SIGTRAP] {
      var action = sigaction()
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
      action.__sigaction_handler.sa_handler = { number in
        // Only calls that a handler may make.
        guard errno == ENOMEM else {
          raise(number)
          return
        }
        let text = UnsafeRawPointer(bitPattern: MemoryGuard.message.load(ordering: .relaxed))
        _ = write(STDERR_FILENO, text, MemoryGuard.count.load(ordering: .relaxed))
        _exit(ExitStatus.outOfMemory.rawValue)
      }
      sigaction(number, &action, nil)
    }
  }
}

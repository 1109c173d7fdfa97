import Glibc
import Synchronization

/// What signals ask for: stop, save, or say how far it is.
///
/// A handler may only set numbers, so these are the process's own; everything else asks.
package enum Interrupts {
  private static let stop = Atomic<Int32>(0)
  private static let status = Atomic<Bool>(false)
  private static let save = Atomic<Bool>(false)

  /// Catches SIGINT, SIGTERM and SIGHUP once; the second one, of whatever kind, kills at once.
  package static func catchStops() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var before = sigaction()
      // nohup and shells that start a job in the background ignore some on purpose.
      guard sigaction(number, nil, &before) == 0, !isIgnored(before) else { continue }
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        let isSecond = Interrupts.stop.exchange(number, ordering: .relaxed) != 0
        signal(number, SIG_DFL)
        // It arrives when this handler returns.
        if isSecond { raise(number) }
      }
      sigaction(number, &action, nil)
    }
  }

  /// Catches SIGUSR1, which asks for a status line and a checkpoint, and lets in those that came since
  /// the start: `CStart` has held them.
  package static func catchStatus() {
    var action = sigaction()
    action.sa_flags = SA_RESTART
    action.__sigaction_handler.sa_handler = { _ in
      Interrupts.status.store(true, ordering: .relaxed)
      Interrupts.save.store(true, ordering: .relaxed)
    }
    sigaction(SIGUSR1, &action, nil)
    var requests = sigset_t()
    sigemptyset(&requests)
    sigaddset(&requests, SIGUSR1)
    pthread_sigmask(SIG_UNBLOCK, &requests, nil)
  }

  /// Whether a signal asked to stop.
  package static var wantsStop: Bool { stop.load(ordering: .relaxed) != 0 }

  /// Whether SIGUSR1 came since this was last asked.
  ///
  /// - Returns: True once for each time.
  package static func takeStatusRequest() -> Bool {
    status.exchange(false, ordering: .relaxed)
  }

  /// Whether SIGUSR1 came since this was last asked, which in training asks for a checkpoint too.
  ///
  /// - Returns: True once for each time.
  package static func takeSaveRequest() -> Bool {
    save.exchange(false, ordering: .relaxed)
  }

  /// Lets the process end by its own status, although a signal asked to stop.
  package static func forgetStop() { stop.store(0, ordering: .relaxed) }

  /// Dies of the signal that asked to stop, as a shell expects.
  package static func dieIfAsked() {
    let number = stop.load(ordering: .relaxed)
    guard number != 0 else { return }
    signal(number, SIG_DFL)
    raise(number)
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

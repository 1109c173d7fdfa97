import Glibc

/// The exit status of a tool; the numbers from 64 on are those of sysexits.h.
package enum ExitStatus: Int32, Sendable {
  /// Everything asked was done.
  case done = 0
  /// Done, but some inputs failed here or upstream, or a check was above its threshold.
  case someFailed = 1
  /// Wrong usage, a terminal refused, a bad combination of options.
  case usage = 64
  /// Bad data: a truncated stream, weights that do not fit, no input decodable.
  case badData = 65
  /// An input named explicitly is missing or unreadable.
  case noInput = 66
  /// The requested device or arithmetic is not available.
  case unavailable = 69
  /// An internal error.
  case internalError = 70
  /// Out of memory, host or device.
  case outOfMemory = 71
  /// An output cannot be created, two outputs collide, or the run directory is locked.
  case cannotCreate = 73
  /// A read or write error.
  case inputOutput = 74
  /// Training was stopped by a health check.
  case unhealthy = 76

  /// The status of a file that cannot be written: `.inputOutput` where the disk is full or broken, or
  /// a pipe closed; else `.cannotCreate`.
  ///
  /// - Parameter error: The reason.
  package init(writing error: SystemError) {
    let isDisk = [ENOSPC, EDQUOT, EIO, EFBIG, EPIPE].contains(error.code)
    self = isDisk ? .inputOutput : .cannotCreate
  }
}

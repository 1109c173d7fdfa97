import Glibc

/// How far a tool is: a line on a terminal, drawn anew five times a second.
package final class ProgressBar {
  /// When there is one.
  package enum Mode: Sendable {
    /// Where stderr is a terminal and stdout is no pipe, so that a pipeline shows one bar.
    case automatic
    /// Always; lines of their own off a terminal.
    case always
    /// Never.
    case never
  }

  private let diagnostics: Diagnostics
  private let isShown: Bool
  private let inPlace: Bool
  private let start = ProgressBar.seconds
  private var last = 0.0
  /// The newest text, where lines of their own are too many to show each.
  private var waiting = ""

  /// Decides whether there is a bar.
  ///
  /// - Parameters:
  ///   - mode: When there is one.
  ///   - diagnostics: Where it is drawn.
  package init(_ mode: Mode, _ diagnostics: Diagnostics) {
    self.diagnostics = diagnostics
    inPlace = ProgressLine.isPossible
    switch mode {
    case .always: isShown = true
    case .never: isShown = false
    case .automatic: isShown = inPlace && !ProgressBar.isPipe(STDOUT_FILENO)
    }
  }

  /// Seconds since this was made.
  package var elapsed: Double { ProgressBar.seconds - start }

  /// Draws the line, if it is time, or if SIGUSR1 asked for it.
  ///
  /// - Parameters:
  ///   - done: What is done of `total`.
  ///   - total: Where the end is; nil if nobody knows.
  ///   - unit: What is counted, in the plural.
  ///   - first: What was done before this process began.
  ///   - details: What stands behind it.
  package func update(
    done: Int, total: Int?, unit: String, from first: Int = 0,
    _ details: @autoclosure () -> [ProgressLine.Field] = []
  ) {
    let isAsked = Interrupts.takeStatusRequest()
    let isDue = isShown && elapsed - last >= (inPlace ? 0.2 : 5)
    let isWaiting = isShown && !inPlace
    guard isDue || isAsked || isWaiting else { return }
    let rate = Double(done - first) / max(elapsed, 1e-9)
    var fields = [
      ProgressLine.Field(total.map { "\(done)/\($0) \(unit)" } ?? "\(done) \(unit)", rank: 0),
      .init("\(ProgressBar.short(rate))/s", rank: .max),
    ]
    if let total, total > 0, rate > 0 {
      fields += [
        .init("\(100 * done / total) %", rank: 2),
        .init("\(ProgressBar.clock(Double(total - done) / rate)) left", rank: 1),
      ]
    }
    fields += details()
    let text = fields.map(\.text).joined(separator: ", ")
    waiting = isWaiting ? text : ""
    guard isDue || isAsked else { return }
    last = elapsed
    waiting = ""
    if inPlace && isShown { ProgressLine.show(fields) } else { diagnostics.report(text) }
  }

  /// Takes the line away; off a terminal says how far it came.
  package func finish() {
    if !waiting.isEmpty { diagnostics.report(waiting) }
    ProgressLine.hide()
  }

  /// Writes a number with three digits at most.
  ///
  /// - Parameter value: 0 or more.
  /// - Returns: `0.25`, `3.1`, `128`.
  package static func short(_ value: Double) -> String {
    let digits = value < 10 ? (value < 1 ? 100.0 : 10) : 1
    let rounded = (value * digits).rounded() / digits
    return digits == 1 ? "\(Int(min(rounded, 1e15)))" : "\(rounded)"
  }

  /// Writes a duration as a clock does.
  ///
  /// - Parameter seconds: 0 or more.
  /// - Returns: `0:42`, `12:05`, `3:00:00`.
  package static func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded())
    let pair = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return hours > 0
      ? "\(hours):\(pair(minutes)):\(pair(whole % 60))" : "\(minutes):\(pair(whole % 60))"
  }

  private static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func isPipe(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }
}

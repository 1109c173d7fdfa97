/// What happens when an alarm begins.
public enum AlarmResponse: String, Sendable, CaseIterable {
  /// A line on standard error.
  case warn
  /// The run saves and ends.
  case stop
}

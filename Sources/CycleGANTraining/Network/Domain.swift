/// One of the two piles of images.
public enum Domain: String, Sendable, CaseIterable {
  /// The first.
  case A
  /// The second.
  case B
}

/// One of the two piles of images.
public enum Domain: String, Sendable, CaseIterable {
  /// The first.
  case A
  /// The second.
  case B

  /// The discriminator that judges its images.
  public var discriminator: NetworkRole {
    switch self {
    case .A: .discriminatorA
    case .B: .discriminatorB
    }
  }
}

/// One of the two piles of images.
package enum Domain: String, Sendable, CaseIterable {
  /// The first.
  case A
  /// The second.
  case B

  /// The discriminator that judges its images.
  package var discriminator: NetworkRole {
    switch self {
    case .A: .discriminatorA
    case .B: .discriminatorB
    }
  }
}

/// The four networks of a CycleGAN.
public enum NetworkRole: String, Sendable, CaseIterable {
  /// Turns A into B.
  case generatorAB
  /// Turns B into A.
  case generatorBA
  /// Judges images that claim to be A.
  case discriminatorA
  /// Judges images that claim to be B.
  case discriminatorB
}

/// Which way a generator translates.
public enum Direction: String, Sendable, CaseIterable {
  /// From domain A to domain B.
  case AB
  /// From domain B to domain A.
  case BA

  /// The generator for this direction.
  public var generator: NetworkRole {
    switch self {
    case .AB: .generatorAB
    case .BA: .generatorBA
    }
  }
}

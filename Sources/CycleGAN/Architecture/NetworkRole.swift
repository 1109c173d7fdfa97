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

  /// Whether it translates; the others judge.
  package var isGenerator: Bool { self == .generatorAB || self == .generatorBA }

  /// A generator's direction or a discriminator's domain, as metadata.
  package var metadataEntry: (key: String, value: String) {
    switch self {
    case .generatorAB: ("direction", Direction.AB.rawValue)
    case .generatorBA: ("direction", Direction.BA.rawValue)
    case .discriminatorA: ("domain", Domain.A.rawValue)
    case .discriminatorB: ("domain", Domain.B.rawValue)
    }
  }

  /// What the official code calls it: there `D_A` judges what `G_A` makes, which are images of B.
  ///
  /// Source: `CycleGANModel` in the official cycle_gan_model.py.
  package var officialName: String {
    switch self {
    case .generatorAB: "G_A"
    case .generatorBA: "G_B"
    case .discriminatorA: "D_B"
    case .discriminatorB: "D_A"
    }
  }

  /// Reads the name of one of the official code's files.
  ///
  /// - Parameter file: Such as `checkpoints/zebra/latest_net_G_A.pth`; nil for other names, also for
  ///   `latest_net_G.pth`, which says nothing about the direction.
  package init?(officialFile file: FilePath) {
    let name = file.lastComponent.stem.bytes
    let role = Self.allCases.first { name.hasSuffix(Array("_net_\($0.officialName)".utf8)) }
    guard let role else { return nil }
    self = role
  }
}

extension [UInt8] {
  fileprivate func hasSuffix(_ other: [UInt8]) -> Bool { suffix(other.count).elementsEqual(other) }
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

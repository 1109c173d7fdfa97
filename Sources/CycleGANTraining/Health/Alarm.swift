import CycleGAN

/// A way to go wrong that one network of a run has taken.
public struct Alarm: Sendable, Hashable {
  /// The ways, by their words in the tables.
  public enum Kind: String, Sendable, CaseIterable {
    /// A discriminator's loss stays near nothing, so that its generator learns nothing from it.
    case tooStrong = "discriminator_too_strong"
    /// A discriminator says the same of everything, or does not learn.
    case dead = "discriminator_dead"
    /// A generator makes the same of everything.
    case modeCollapse = "mode_collapse"
    /// A generator makes dark what is bright, and the other way round.
    case colourInversion = "colour_inversion"
    /// A generator's output is black, white or one colour.
    case saturation = "saturation"
    /// A generator changes nothing.
    case identity = "identity"
  }

  /// Which way.
  public let kind: Kind
  /// Which network.
  public let role: NetworkRole

  /// Its word in the tables, such as `mode_collapse_AB`.
  public var word: String {
    switch role {
    case .generatorAB: "\(kind.rawValue)_AB"
    case .generatorBA: "\(kind.rawValue)_BA"
    case .discriminatorA: "\(kind.rawValue)_A"
    case .discriminatorB: "\(kind.rawValue)_B"
    }
  }

  /// Finds the alarm of a word.
  init?(word: String) {
    for kind in Kind.allCases {
      for role in NetworkRole.allCases {
        self.init(kind: kind, role: role)
        if self.word == word { return }
      }
    }
    return nil
  }

  init(kind: Kind, role: NetworkRole) {
    self.kind = kind
    self.role = role
  }
}

extension Alarm: CustomStringConvertible {
  /// What it means and what helps, one line for standard error.
  public var description: String {
    switch kind {
    case .tooStrong:
      "discriminator too strong: \(role.rawValue) tells all translations from real images, so that "
        + "its generator learns little; a weaker one helps (--n-layers-D 2, --ndf 32), or more "
        + "images, or --diff-augment color,translation,cutout"
    case .dead:
      "discriminator dead: \(role.rawValue) has stopped learning or says the same of every image; "
        + "start anew with another --seed or a smaller --lr"
    case .modeCollapse:
      "mode collapse: \(role.rawValue) makes nearly the same picture of every image; go back to an "
        + "older checkpoint, or start anew with another --seed"
    case .colourInversion:
      "colour inversion: \(role.rawValue) makes dark what is bright; identity losses in the "
        + "first epochs at least (--identity-warmup) or a smaller --init-gain prevent it"
    case .saturation:
      "saturation: \(role.rawValue) makes pictures of black, white or one colour; start anew with "
        + "another --seed or a smaller --lr"
    case .identity:
      "identity: \(role.rawValue) leaves its images as they are; a smaller --lambda-identity "
        + "helps"
    }
  }
}

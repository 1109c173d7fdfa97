/// The official `--netD`.
enum DiscriminatorWord: String, CaseIterable, Sendable {
  case basic
  case layers = "n_layers"
  case pixel
}

/// The official `--direction`.
enum DirectionWord: String, CaseIterable, Sendable {
  case forwards = "AtoB"
  case backwards = "BtoA"
}

import ArgumentParser
import CycleGAN

/// One of a few official words as the value of an option.
struct Word<Value: RawRepresentable & CaseIterable>: ExpressibleByArgument
where Value.RawValue == String {
  let value: Value

  init(_ value: Value) { self.value = value }

  init?(argument: String) {
    guard let value = Value(rawValue: argument) else { return nil }
    self.value = value
  }

  var defaultValueDescription: String { value.rawValue }

  static var allValueStrings: [String] { Value.allCases.map(\.rawValue) }
}

/// The official `--netG`.
struct GeneratorWord: ExpressibleByArgument {
  let kind: GeneratorArchitecture.Kind

  init(_ kind: GeneratorArchitecture.Kind) { self.kind = kind }

  init?(argument: String) {
    guard let kind = GeneratorArchitecture.Kind(argument) else { return nil }
    self.kind = kind
  }

  var defaultValueDescription: String { kind.description }
}

/// The official `--netD`.
enum DiscriminatorWord: String, CaseIterable {
  case basic
  case layers = "n_layers"
  case pixel
}

/// The official `--direction`.
enum DirectionWord: String, CaseIterable {
  case forwards = "AtoB"
  case backwards = "BtoA"
}

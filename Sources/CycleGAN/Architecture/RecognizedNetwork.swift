/// The architecture of a network whose kind is not known beforehand.
package enum RecognizedNetwork: Sendable, Equatable {
  /// It translates.
  case generator(GeneratorArchitecture)
  /// It judges.
  case discriminator(DiscriminatorArchitecture)

  /// Infers the kind and the architecture of a network.
  ///
  /// - Parameters:
  ///   - outline: One network's tensors.
  ///   - overrides: What the user says about a generator.
  /// - Throws: `ArchitectureError` if it is neither, or if tensors, metadata and overrides disagree.
  package init(
    _ outline: StateDictOutline, overrides: ArchitectureOverrides = .init()
  ) throws(ArchitectureError) {
    if !(outline.metadata["role"]?.hasPrefix("discriminator") ?? false) {
      do throws(ArchitectureError) {
        self = .generator(
          try GeneratorArchitecture(inferringFrom: outline, overrides: overrides))
        return
      } catch {
        // What is no generator may still be a discriminator; any other error is about a generator.
        guard error.isUnrecognized else { throw error }
      }
    }
    do throws(ArchitectureError) {
      self = .discriminator(try DiscriminatorArchitecture(inferringFrom: outline))
    } catch {
      guard error.isUnrecognized else { throw error }
      throw outline.unrecognized("neither a generator's nor a discriminator's weights")
    }
  }

  /// Its layers.
  package var description: NetworkDescription {
    switch self {
    case .generator(let architecture): architecture.network
    case .discriminator(let architecture): architecture.network
    }
  }

  /// Its family.
  package var kind: String { isGenerator ? "generator" : "discriminator" }

  /// Whether it translates.
  package var isGenerator: Bool {
    if case .generator = self { true } else { false }
  }

  /// What it looks like, under the official options' words.
  package var metadata: [String: String] {
    switch self {
    case .generator(let architecture): architecture.metadata
    case .discriminator(let architecture): architecture.metadata
    }
  }
}

extension StateDictOutline {
  /// Says why these tensors are no network.
  ///
  /// - Parameter misfit: What they are not.
  /// - Returns: That there are several networks, or the misfit with the first tensors' names.
  func unrecognized(_ misfit: String) -> ArchitectureError {
    let (names, networks) = (names, names.networks)
    guard networks.count < 2 else { return .severalNetworks(names.listed) }
    let beginning = tensors.prefix(3).map(\.printableName).joined(separator: ", ")
    return .unrecognized(
      "\(misfit): its \(tensors.count) tensors begin with \(beginning)",
      entries: networks.isEmpty ? nil : names.listed)
  }
}

/// One network of a file, as its tensors and its metadata describe it.
public enum RecognizedNetwork: Sendable, Equatable {
  /// It translates.
  case generator(GeneratorArchitecture)
  /// It judges.
  case discriminator(DiscriminatorArchitecture)

  /// Recognises a network, as `init(_: WeightsOutline)` does.
  public init(
    _ weights: WeightsFile, overrides: ArchitectureOverrides = .init()
  ) throws(WeightsError) {
    try self.init(weights.outline, overrides: overrides)
  }

  /// Recognises a network.
  ///
  /// - Parameters:
  ///   - weights: One network's tensors.
  ///   - overrides: What the user says about a generator.
  /// - Throws: `WeightsError` if it is neither, or if tensors, metadata and options disagree.
  public init(
    _ weights: WeightsOutline, overrides: ArchitectureOverrides = .init()
  ) throws(WeightsError) {
    if !(weights.metadata["role"]?.hasPrefix("discriminator") ?? false) {
      do throws(WeightsError) {
        self = .generator(
          try GeneratorArchitecture(inferringFrom: weights, overrides: overrides))
        return
      } catch {
        // What is no generator may still be a discriminator; another complaint is about this one.
        guard case .unrecognized = error else { throw error }
      }
    }
    do throws(WeightsError) {
      self = .discriminator(try DiscriminatorArchitecture(inferringFrom: weights))
    } catch {
      guard case .unrecognized = error else { throw error }
      throw .unrecognized(weights.unknown("neither a generator's nor a discriminator's weights"))
    }
  }

  /// Its layers.
  public var description: NetworkDescription {
    switch self {
    case .generator(let architecture): architecture.network
    case .discriminator(let architecture): architecture.network
    }
  }

  /// Its family.
  public var kind: String { isGenerator ? "generator" : "discriminator" }

  /// Whether it translates.
  public var isGenerator: Bool {
    if case .generator = self { true } else { false }
  }

  /// What it looks like, under the official options' words.
  public var metadata: [String: String] {
    switch self {
    case .generator(let architecture): architecture.metadata
    case .discriminator(let architecture): architecture.metadata
    }
  }
}

extension WeightsOutline {
  /// Why this is no network.
  ///
  /// - Parameter misfit: What it is not.
  /// - Returns: That there are several, or this and what the tensors are called.
  func unknown(_ misfit: String) -> String {
    let (names, networks) = (names, names.networks)
    guard networks.count < 2 else {
      return
        "it holds several networks: \(names.listed); take one with cg-weights import --entry NAME"
    }
    let beginning = tensors.prefix(3).map(\.printableName).joined(separator: ", ")
    let entry = networks.isEmpty ? "" : "; cg-weights import --entry \(names.listed) takes a part"
    return "\(misfit): its \(tensors.count) tensors begin with \(beginning)" + entry
  }
}

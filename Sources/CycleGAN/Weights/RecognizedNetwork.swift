/// One network of a file, as its tensors and its metadata describe it.
public enum RecognizedNetwork: Sendable, Equatable {
  /// It translates.
  case generator(GeneratorArchitecture)
  /// It judges.
  case discriminator(DiscriminatorArchitecture)

  /// Recognises a network.
  ///
  /// - Parameters:
  ///   - weights: One network's tensors.
  ///   - overrides: What the user says about a generator.
  /// - Throws: `WeightsError` if it is neither, or if tensors, metadata and options disagree.
  public init(
    _ weights: WeightsFile, overrides: ArchitectureOverrides = .init()
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
      throw .unrecognized(
        "neither a generator's nor a discriminator's weights: " + weights.beginning)
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

extension WeightsFile {
  /// What the tensors are called, for a message that no network has them.
  var beginning: String {
    let names = tensors.prefix(3).map(\.printableName).joined(separator: ", ")
    let beginning = "its \(tensors.count) tensors begin with \(names)"
    guard !networksByName.isEmpty else { return beginning }
    return beginning + "; cg-weights import --entry NAME takes one network: "
      + networksByName.map { escaped(Array($0.utf8)) }.joined(separator: ", ")
  }

  /// What stands in front of the official names where a program keeps its networks together.
  private var networksByName: [String] {
    var found: [String] = []
    for tensor in tensors where found.count < 8 {
      let parts = tensor.name.split(separator: ".", omittingEmptySubsequences: false)
      guard let own = parts.firstIndex(where: { ["model", "net"].contains($0) }), own > 0 else {
        continue
      }
      let name = parts[..<own].joined(separator: ".")
      if !found.contains(name) { found.append(name) }
    }
    return found
  }
}

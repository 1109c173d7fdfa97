/// One network of a file, as its tensors and its metadata describe it.
public enum RecognizedNetwork: Sendable, Equatable {
  /// It translates.
  case generator(GeneratorArchitecture)
  /// It judges.
  case discriminator(DiscriminatorArchitecture)

  /// Recognises a network.
  ///
  /// - Parameter weights: One network's tensors.
  /// - Throws: `WeightsError` if it is neither, or if tensors and metadata disagree.
  public init(_ weights: WeightsFile) throws(WeightsError) {
    if !(weights.metadata["role"]?.hasPrefix("discriminator") ?? false) {
      do throws(WeightsError) {
        self = .generator(try GeneratorArchitecture(inferringFrom: weights))
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
      let names = weights.tensors.prefix(3).map(\.printableName)
      throw .unrecognized(
        "neither a generator's nor a discriminator's weights: its \(weights.tensors.count) tensors "
          + "begin with \(names.joined(separator: ", "))")
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

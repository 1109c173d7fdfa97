/// Why a network's architecture cannot be inferred from its state dict.
public enum ArchitectureError: Error, Equatable, CustomStringConvertible {
  /// The tensors are not those of a network that is known; `entries` lists networks among them, for
  /// messages.
  case unrecognized(String, entries: String? = nil)
  /// There are several networks, by these names.
  case severalNetworks(String)
  /// The four networks of a checkpoint are there, and what is asked for is one.
  case checkpoint
  /// No network has this name; the text says which names there are.
  case noEntry(String)
  /// It is a network of a kind that is known and not supported.
  case unsupported(String)
  /// Only the tensors show that there is an upsampling, and they don't show which.
  case ambiguousUpsampling
  /// Tensors, metadata and overrides disagree, or say what no network has; one sentence for each point.
  case contradictions([String])

  /// One line; several points are separated by semicolons.
  public var description: String {
    switch self {
    case .unrecognized(let reason, _), .noEntry(let reason), .unsupported(let reason): reason
    case .severalNetworks(let names): "it holds several networks: \(names)"
    case .checkpoint: "a checkpoint holds several networks"
    case .ambiguousUpsampling:
      "its convolutions come after an upsampling, which leaves no trace in the tensors"
    case .contradictions(let points): points.joined(separator: "; ")
    }
  }

  /// The description, point by point: what a tool prints on a line each.
  public var points: [String] {
    if case .contradictions(let points) = self { points } else { [description] }
  }

  /// Whether the tensors as a whole are no known network: another kind may still fit them.
  package var isUnrecognized: Bool {
    switch self {
    case .unrecognized, .severalNetworks, .checkpoint: true
    default: false
    }
  }
}

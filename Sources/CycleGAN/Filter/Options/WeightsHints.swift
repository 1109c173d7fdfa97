extension WeightsError {
  /// The error point by point, with the option that helps behind the last one, where there is one.
  ///
  /// - Parameter allowNonfinite: Whether the tool has `--allow-nonfinite`.
  /// - Returns: What a tool prints on a line each, behind the file's name.
  package func pointsWithHints(allowNonfinite: Bool = false) -> [String] {
    let hint =
      switch self {
      case .architecture(let error): error.hint
      case .notFinite where allowNonfinite: "--allow-nonfinite accepts them"
      case .outOfMemory: "free memory, or raise its limit (ulimit -v)"
      default: nil as String?
      }
    guard let hint, let last = points.last else { return points }
    return points.dropLast() + ["\(last); \(hint)"]
  }
}

extension WeightsError {
  /// The exit status of a tool that cannot use a file because of it.
  package var status: ExitStatus {
    switch self {
    case .system: .noInput
    case .outOfMemory: .outOfMemory
    default: .badData
    }
  }
}

extension ArchitectureError {
  /// The option that helps.
  fileprivate var hint: String? {
    switch self {
    case .unrecognized(_, let entries?): "cg-weights import --entry \(entries) takes a part"
    case .severalNetworks: "take one with cg-weights import --entry NAME"
    case .checkpoint: "choose one with --direction AB or BA"
    case .ambiguousUpsampling: "if it is nearest-neighbor upsampling, say --upsample resize"
    default: nil
    }
  }
}

/// Why a generator could not be built or run.
public enum GeneratorError: Error, Equatable, CustomStringConvertible {
  /// Not enough memory for the weights or for a picture of this size.
  case outOfMemory
  /// A kernel gave up; its own words are kept.
  case failed(String)

  /// One line for standard error.
  public var description: String {
    switch self {
    case .outOfMemory: "out of memory, make the image smaller with cg-prep --resize"
    case .failed(let reason): "the network failed: \(reason)"
    }
  }
}

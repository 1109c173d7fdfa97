/// Why a weights file cannot be used.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
  /// The system refused to open, read or write it; the text is the system's.
  case system(String)
  /// The bytes are not as the file's format defines them.
  case malformed(String)
  /// It is a file of a kind, or has things in it, that these tools do not take; the text says what.
  case refused(String)
  /// A bound of ours was exceeded.
  case tooLarge(String)
  /// The bytes changed after they were written.
  case checksum(stored: UInt32, computed: UInt32)
  /// The architecture cannot be inferred from names, shapes and metadata.
  case architecture(ArchitectureError)
  /// It is not the network, or the checkpoint, that is wanted.
  case unrecognized(String)
  /// Two sources that have to agree do not; one sentence for each point.
  case contradictions([String])
  /// The tensors are not the network's; one sentence for each difference.
  case differences([String])
  /// Some values are NaN or infinite; one sentence for each tensor.
  case notFinite([String])

  /// Little that would become much.
  static let unaffordable = WeightsError.tooLarge(
    "its tensors need far more memory than the file is long: they share storages, or are short "
      + "integers that become long ones")

  /// One line; several differences are separated by semicolons.
  public var description: String {
    switch self {
    case .system(let reason): reason
    case .malformed(let reason): "damaged weights file: \(reason)"
    case .refused(let reason), .tooLarge(let reason): reason
    case .checksum(let stored, let computed):
      "damaged weights file: its checksum is \(hexadecimal(computed)), not \(hexadecimal(stored))"
    case .architecture(let error): error.description
    case .unrecognized(let reason): reason
    case .contradictions(let points): points.joined(separator: "; ")
    case .differences(let points):
      "weights do not fit the network (\(points.count) differences): "
        + points.joined(separator: "; ")
    case .notFinite(let points): points.joined(separator: "; ")
    }
  }

  /// The description, point by point: what a tool prints on a line each.
  public var points: [String] {
    switch self {
    case .contradictions(let points), .differences(let points), .notFinite(let points): points
    case .architecture(let error): error.points
    default: [description]
    }
  }
}

extension WeightsError {
  /// Passes on an error of inference as one of these.
  ///
  /// - Parameter infer: Infers an architecture, or finds a network by its name.
  /// - Returns: What it returned.
  /// - Throws: `WeightsError.architecture`.
  package static func wrapping<Result>(
    _ infer: () throws(ArchitectureError) -> Result
  ) throws(WeightsError) -> Result {
    do throws(ArchitectureError) { return try infer() } catch { throw .architecture(error) }
  }
}

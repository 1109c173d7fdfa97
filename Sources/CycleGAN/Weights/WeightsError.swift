import Glibc

/// Why a weights file cannot be used.
public enum WeightsError: OutOfMemoryError, Equatable, CustomStringConvertible {
  /// A system call failed; the text is the system's.
  case system(String)
  /// The bytes do not follow the file's format.
  case malformed(String)
  /// The file is of a kind, or has something in it, that is not supported; the text says what.
  case refused(String)
  /// A limit is exceeded.
  case tooLarge(String)
  /// The bytes changed after they were written.
  case checksum(stored: UInt32, computed: UInt32)
  /// The architecture cannot be inferred from names, shapes and metadata.
  case architecture(ArchitectureError)
  /// It is another network or checkpoint than the one that is needed.
  case unrecognized(String)
  /// Two sources that have to agree do not; one sentence for each point.
  case contradictions([String])
  /// The tensors are not the network's; one sentence for each difference.
  case differences([String])
  /// Some values are NaN or infinite; one sentence for each tensor.
  case notFinite([String])

  /// The system lacks the memory.
  case outOfMemory(OutOfMemory)

  /// The tensors need far more memory than the file is long.
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
        + points.firstTen.joined(separator: "; ")
    case .notFinite(let points): points.firstTen.joined(separator: "; ")
    case .outOfMemory(let error): error.description
    }
  }

  /// The description, point by point: what a tool prints on a line each.
  ///
  /// Ten at most, and how many more there are: a network of another kind differs everywhere.
  public var points: [String] {
    switch self {
    case .contradictions(let points), .differences(let points), .notFinite(let points):
      points.firstTen
    case .architecture(let error): error.points
    default: [description]
    }
  }
}

extension WeightsError {
  /// The error of a file that cannot be read.
  ///
  /// - Parameters:
  ///   - error: What the system said.
  ///   - count: How many bytes were to be read.
  /// - Returns: `.system`, or `.outOfMemory`.
  static func reading(_ error: SystemError, _ count: Int) -> WeightsError {
    error.code == ENOMEM ? .outOfMemory(OutOfMemory(byteCount: count)) : .system("\(error)")
  }

  /// Runs an inference and wraps its error.
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

extension [String] {
  /// The first ten, and how many more there are.
  fileprivate var firstTen: [String] {
    count > 10 ? prefix(10) + ["and \(count - 10) more"] : self
  }
}

/// An error in one line for a person at a terminal, with the options that change the outcome.
///
/// The reason is the library's, which knows no command line; the options' names are the tools'.
///
/// - Parameter error: Any error of the library.
/// - Returns: The reason, and where an option helps, its name.
package func describedWithHint(_ error: any Error) -> String {
  if let option = (error as? any ResourceLimited)?.exceededLimit?.option {
    return "\(error), see \(option)"
  }
  if case PreprocessingError.smallerThanCrop = error {
    return "\(error); see --crop-size and --load-size"
  }
  return "\(error)"
}

extension ResourceLimit {
  /// The option that sets the limit; one of `LimitOptions`.
  fileprivate var option: String {
    switch self {
    case .pixels: "--max-pixels"
    case .side: "--max-side"
    case .bytes: "--max-bytes"
    case .memory: "--max-memory"
    case .scans: "--max-scans"
    case .seconds: "--max-seconds"
    }
  }
}

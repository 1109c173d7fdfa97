import Glibc

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
  if lacksMemory(error) {
    return "\(error); fewer threads need less, see -j and -t, and so do smaller images"
  }
  return "\(error)"
}

/// Whether something failed because the system had no memory for it.
///
/// - Parameter error: Any error of the library.
/// - Returns: False for every other reason.
package func lacksMemory(_ error: any Error) -> Bool {
  switch error {
  case is OutOfMemory, CodecError.outOfMemory, PreprocessingError.outOfMemory,
    GeneratorError.outOfMemory, WeightsError.outOfMemory:
    true
  case let error as SystemError: error.code == ENOMEM
  default: false
  }
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

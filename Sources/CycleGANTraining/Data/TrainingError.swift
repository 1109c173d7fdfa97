import CycleGAN
import Glibc

/// Why a run could not start or go on.
package enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// Options that make no sense together.
  case options(String)
  /// Something the user named is missing or unreadable.
  case input(String)
  /// Initial weights contradict the options, or each other; one sentence for each point.
  case misfits([String])
  /// A domain has no images that can be used.
  case images(String)
  /// Too many images of a domain cannot be used.
  case tooManyBad(String)
  /// The run directory holds nothing that can be continued, or something else.
  case directory(String)
  /// Another process trains in the run directory.
  case locked(String)
  /// The options differ from those the run was started with; one sentence for each.
  case changed([String])
  /// Something could not be made; the text names it.
  case cannotCreate(String)
  /// Something could not be read or written; the text names it.
  case system(String)
  /// The host lacks memory or threads; the text says for what.
  case outOfMemory(String)
  /// The machine lacks what an option asks for.
  case unavailable(String)
  /// LibTorch gave up.
  case torch(TorchError)
  /// A loss, a gradient or a weight is not a number, or is infinite.
  case notFinite(String)
  /// An alarm of the run's health, which was to stop it.
  case alarm(String)

  /// Chooses by what the system said.
  ///
  /// - Parameters:
  ///   - path: What was to be written.
  ///   - error: What the system said.
  /// - Returns: `.system` where the disk is full or broken, `.cannotCreate` otherwise.
  static func writing(_ path: FilePath, _ error: SystemError) -> TrainingError {
    ExitStatus(writing: error) == .inputOutput
      ? .system("\(path): \(error)") : .cannotCreate("\(path): \(error)")
  }

  /// Takes an error of reading a data set.
  init(_ error: ToolError) {
    let lines = error.description
    self =
      switch error.status {
      case .noInput: .input(lines)
      case .inputOutput: .system(lines)
      case .usage: .options(lines)
      case .outOfMemory: .outOfMemory(lines)
      default: .images(lines)
      }
  }

  /// Recognizes a lack of memory, which says nothing about the file that was being read.
  ///
  /// - Parameters:
  ///   - error: Why it cannot be read or used.
  ///   - name: What the file is called in messages.
  /// - Returns: Nil for every other error.
  static func shortage(_ error: any Error, _ name: String) -> TrainingError? {
    switch error {
    case TrainingError.outOfMemory(let reason): .outOfMemory(reason)
    case let error as TorchError where error.kind == .outOfMemory:
      .outOfMemory("\(name): \(error.reason)")
    case let error as SystemError where error.code == ENOMEM: .outOfMemory("\(name): \(error)")
    case WeightsError.outOfMemory(let error): .outOfMemory("\(name): \(error)")
    case let error as OutOfMemory: .outOfMemory("\(name): \(error)")
    default: nil
    }
  }

  /// Names an error of a stage that can fail in several ways.
  init(_ error: any Error) {
    switch error {
    case let error as TrainingError: self = error
    case let error as TorchError: self = .torch(error)
    default: self = .system("\(error)")
    }
  }

  /// One line for standard error, or one for each of several points.
  package var lines: [String] {
    switch self {
    case .options(let reason), .input(let reason), .images(let reason), .tooManyBad(let reason),
      .directory(let reason), .locked(let reason), .cannotCreate(let reason),
      .system(let reason), .outOfMemory(let reason), .notFinite(let reason),
      .unavailable(let reason), .alarm(let reason):
      [reason]
    case .changed(let differences):
      differences
        + ["the run in this folder began with other options or images; give the same ones again"]
    case .misfits(let points): points
    case .torch(let error): ["\(error)"]
    }
  }

  /// The lines, separated by semicolons.
  package var description: String { lines.joined(separator: "; ") }

  /// The same error with what was done about it.
  func with(_ end: String) -> TrainingError {
    switch self {
    case .input(let reason): .input("\(reason); \(end)")
    case .images(let reason): .images("\(reason); \(end)")
    case .system(let reason): .system("\(reason); \(end)")
    case .options(let reason): .options("\(reason); \(end)")
    case .tooManyBad(let reason): .tooManyBad("\(reason); \(end)")
    default: self
    }
  }

  /// What the tool exits with.
  package var status: ExitStatus {
    switch self {
    case .options, .changed: .usage
    case .input: .noInput
    case .images, .directory, .misfits: .badData
    case .tooManyBad: .someFailed
    case .locked, .cannotCreate: .cannotCreate
    case .system: .inputOutput
    case .outOfMemory: .outOfMemory
    case .unavailable: .unavailable
    case .torch(let error): error.status
    case .notFinite, .alarm: .unhealthy
    }
  }
}

extension TorchError {
  fileprivate var status: ExitStatus {
    switch kind {
    case .failed: .internalError
    case .unavailable: .unavailable
    case .outOfMemory: .outOfMemory
    }
  }
}

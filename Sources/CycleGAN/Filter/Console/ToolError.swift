import Glibc

/// Why a tool ends early: what it tells the shell and the person in front of it.
package struct ToolError: Error, Sendable, CustomStringConvertible {
  /// What the shell gets.
  package let status: ExitStatus
  /// One line without the tool's name, or one for each of several points.
  package let lines: [String]

  /// Ends a tool with a sentence.
  ///
  /// - Parameters:
  ///   - status: What the shell gets.
  ///   - message: Lower case, no full stop, with the number that was wrong and the way out.
  package init(_ status: ExitStatus, _ message: String) {
    self.init(status, lines: [message])
  }

  /// Ends a tool with several points.
  ///
  /// - Parameters:
  ///   - status: What the shell gets.
  ///   - lines: Sentences as above.
  package init(_ status: ExitStatus, lines: [String]) {
    self.status = status
    self.lines = lines
  }

  /// The lines, separated by semicolons.
  package var description: String { lines.joined(separator: "; ") }

  /// An error of reading or writing, with the file it concerns.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - error: What the system said.
  ///   - status: What the shell gets, unless memory is short.
  package init(_ path: FilePath, _ error: SystemError, _ status: ExitStatus = .inputOutput) {
    self.init(error.code == ENOMEM ? .outOfMemory : status, "\(path): \(error)")
  }

  /// An error of writing a file: the disk's, or one of permissions and names.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - error: The reason.
  /// - Returns: With the status for the one or the other.
  package static func writing(_ path: FilePath, _ error: SystemError) -> ToolError {
    ToolError(path, error, ExitStatus(writing: error))
  }
}

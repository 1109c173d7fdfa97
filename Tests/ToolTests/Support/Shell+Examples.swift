import Foundation

extension Shell {
  /// Whether a command line succeeds on this machine.
  static func runs(_ command: String) -> Bool {
    do { return try Shell()(command).status == 0 } catch { return false }
  }

  /// Writes a file below the folder.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }
}

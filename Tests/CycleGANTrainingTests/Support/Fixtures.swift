import Foundation

/// The files under Fixtures.
enum Fixtures {
  /// Reads a table: tabs between fields, `#` in front of a comment.
  static func table(_ name: String) throws -> [[String]] {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/\(name)").standardizedFileURL.path()
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.components(separatedBy: "\t") }
  }
}

import Glibc

/// What make needs to know of outputs: a rule for each, as gcc's `-MD -MF` writes them.
final class Depfile: Sendable {
  private let path: FilePath
  private let prerequisites: [FilePath]
  private let rules = Locked<[(output: FilePath, inputs: [FilePath])]>([])

  /// Begins with no rules.
  ///
  /// - Parameters:
  ///   - path: Where it is written.
  ///   - prerequisites: What every output depends on besides its own input.
  init(_ path: FilePath, prerequisites: [FilePath]) {
    self.path = path
    self.prerequisites = prerequisites
  }

  /// Adds a rule.
  ///
  /// - Parameters:
  ///   - output: What was made.
  ///   - input: What it was made from.
  func add(_ output: FilePath, from input: FilePath) {
    // What came through a pipe is no file that make could look at.
    rules.withLock { $0.append((output, (input.exists ? [input] : []) + prerequisites)) }
  }

  /// Writes the file.
  func write() throws(ToolError) {
    var text: [UInt8] = []
    for rule in rules.withLock({ $0 }) {
      text += Self.escaped(rule.output) + Array(":".utf8)
      for input in rule.inputs { text += Array(" ".utf8) + Self.escaped(input) }
      text.append(0x0A)
    }
    try OutputFolder.make(path.directory)
    AtomicFile.removeLeftovers(in: path.directory)
    do throws(SystemError) { try AtomicFile.write(text, to: path) } catch {
      throw ToolError.writing(path, error)
    }
  }

  /// As make reads names: `$` doubled, a backslash before a space, `#` or `:`, and one more for each
  /// that stands before a space already.
  static func escaped(_ path: FilePath) -> [UInt8] {
    let backslash = UInt8(ascii: "\\")
    var text: [UInt8] = []
    for byte in path.bytes {
      switch byte {
      case UInt8(ascii: "$"): text.append(byte)
      case UInt8(ascii: " "), UInt8(ascii: "\t"):
        text += text.reversed().prefix { $0 == backslash } + [backslash]
      case UInt8(ascii: "#"), UInt8(ascii: ":"): text.append(backslash)
      default: break
      }
      text.append(byte)
    }
    return text
  }
}

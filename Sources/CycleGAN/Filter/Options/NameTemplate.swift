import ArgumentParser

/// How the outputs in a folder are named: text with fields in braces.
///
/// It ends in `.{ext}`, so that no file's name says another format than its content.
package struct NameTemplate: ExpressibleByArgument, Sendable {
  private enum Part: Equatable {
    case text(ArraySlice<UInt8>)
    /// The input's folders but the first few.
    case folders(leavingOut: Int)
    /// The input's file name.
    case name
    /// The same without its extension.
    case stem
    /// The output's extension.
    case fileExtension
  }

  private let parts: [Part]

  /// Makes outputs of the same folder differ wherever their inputs do.
  static let keepingNames = "{dir}/{name}.{ext}"

  /// The help of `--output-template`.
  package static let help = ArgumentHelp(
    "Names of outputs in a folder, of {dir}, {name}, {stem} and {ext} (default: {dir}/{stem}.{ext}).",
    valueName: "template")

  /// Reads a template.
  ///
  /// - Parameter argument: Fields are `{dir}`, `{dir:N}`, `{name}`, `{stem}` and, at the end, `.{ext}`.
  package init?(argument: String) {
    guard let template = FilePath(argument: argument) else { return nil }
    var parts: [Part] = []
    var rest = template.bytes[...]
    while !rest.isEmpty {
      let text = rest.prefix { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "}") }
      if !text.isEmpty { parts.append(.text(text)) }
      rest = rest.dropFirst(text.count)
      guard rest.popFirst() == UInt8(ascii: "{") else {
        guard rest.isEmpty else { return nil }
        break
      }
      guard let end = rest.firstIndex(of: UInt8(ascii: "}")),
        let field = Self.field(String(decoding: rest[..<end], as: UTF8.self))
      else { return nil }
      parts.append(field)
      rest = rest[(end + 1)...]
    }
    guard parts.last == .fileExtension, parts.count > 1,
      case .text(let dot) = parts[parts.count - 2], dot.last == UInt8(ascii: ".")
    else { return nil }
    self.parts = parts
  }

  private static func field(_ word: String) -> Part? {
    switch word {
    case "dir": return .folders(leavingOut: 0)
    case "name": return .name
    case "stem": return .stem
    case "ext": return .fileExtension
    default:
      guard let count = Int(word.dropFirst(4)), count >= 0, word.hasPrefix("dir:") else {
        return nil
      }
      return .folders(leavingOut: count)
    }
  }

  /// Fills in the fields.
  ///
  /// - Parameters:
  ///   - folders: The folders of the input, from the outermost.
  ///   - name: The input's file name.
  ///   - output: The output's file name, as it is without a template.
  /// - Returns: The components of a path.
  func components(_ folders: [FilePath], _ name: FilePath, _ output: FilePath) -> [FilePath] {
    let bytes = parts.map { part -> [UInt8] in
      switch part {
      case .text(let text): Array(text)
      case .folders(let count):
        Array(folders.dropFirst(count).map(\.bytes).joined(separator: [UInt8(ascii: "/")]))
      case .name: name.bytes
      case .stem: output.stem.bytes
      case .fileExtension: Array(output.fileExtension.utf8)
      }
    }
    return FilePath(bytes: Array(bytes.joined())).components.filter { $0.bytes != Array(".".utf8) }
  }
}

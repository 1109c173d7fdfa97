import ArgumentParser

/// The options of a tool, or of the subcommand that its arguments name.
///
/// Made only where something is to be said: ArgumentParser's description takes time.
struct OptionTable {
  /// An option or a flag, under one of its names.
  private struct Option {
    /// The same for all of its names.
    let number: Int
    let takesValue: Bool
    let isRepeating: Bool
  }

  /// By their names, with hyphens.
  private var options: [String: Option] = [:]
  /// What follows the subcommand, up to `--`.
  private let arguments: [String]

  /// Reads ArgumentParser's description.
  ///
  /// - Parameters:
  ///   - command: The tool.
  ///   - arguments: What follows the tool's name.
  init?<Command: ParsableCommand>(of command: Command.Type, _ arguments: [String]) {
    let description: JSON
    do throws(JSONError) { description = try JSON(parsing: Array(Command._dumpHelp().utf8)) } catch
    {
      return nil
    }
    guard var scope = description["command"] else { return nil }
    var rest = arguments.prefix { $0 != "--" }
    while let name = rest.first,
      let inner = scope["subcommands"]?.array?.first(where: { $0["commandName"]?.string == name })
    {
      scope = inner
      rest.removeFirst()
    }
    self.arguments = Array(rest)
    for (i, option) in (scope["arguments"]?.array ?? []).enumerated() {
      guard let kind = option["kind"]?.string, kind != "positional" else { continue }
      for name in option["names"]?.array ?? [] {
        let dashes = name["kind"]?.string == "short" ? "-" : "--"
        options[dashes + (name["name"]?.string ?? "")] = Option(
          number: i, takesValue: kind == "option",
          isRepeating: option["isRepeating"]?.bool ?? true)
      }
    }
  }

  /// Whether an option is there.
  ///
  /// - Parameter name: With its hyphens.
  /// - Returns: Also true for flags.
  func has(_ name: String) -> Bool { options[name] != nil }

  /// Whether an option is there and no flag.
  ///
  /// - Parameter name: With its hyphens.
  /// - Returns: False for what is unknown.
  func takesValue(_ name: String) -> Bool { options[name]?.takesValue ?? false }

  /// An option that holds one value and is given a second, of which ArgumentParser keeps the last in
  /// silence.
  var repeated: String? {
    var seen: Set<Int> = []
    return written.first { name in
      guard let option = options[name], option.takesValue, !option.isRepeating else { return false }
      return !seen.insert(option.number).inserted
    }
  }

  /// Whether two options begin with the same letter, as `-w` and `--weights` do.
  ///
  /// - Parameter arguments: What follows the tool's name.
  /// - Returns: False where it is not worth a table to look for repeated ones.
  static func mayRepeat(_ arguments: [String]) -> Bool {
    var letters: Set<Character> = []
    return arguments.prefix { $0 != "--" }.contains { argument in
      guard argument.hasPrefix("-"), let letter = argument.first(where: { $0 != "-" }) else {
        return false
      }
      return !letters.insert(letter).inserted
    }
  }

  /// The first option that the tool does not have; what is a file is more likely that than several
  /// letters.
  var unknown: String? {
    written.first { name in
      guard options[name] == nil, !name.hasPrefix("--generate-completion-script") else {
        return false
      }
      let letters = Self.letters(name)
      return letters.isEmpty || letters.contains { !has($0) } || FilePath(name).exists
    }
  }

  /// The option whose name is nearest to one that does not exist.
  ///
  /// - Parameter word: A long name, with its hyphens.
  /// - Returns: Nil where none differs in at most a third of the letters, or begins with the word.
  func suggestion(for word: String) -> String? {
    let letters = Array(word.dropFirst(2).lowercased())
    guard word.hasPrefix("--"), !letters.isEmpty else { return nil }
    let names = options.keys.filter { $0.hasPrefix("--") }.sorted()
    let nearest =
      names
      .map { (name: $0, distance: editDistance(letters, Array($0.dropFirst(2).lowercased()))) }
      .min { $0.distance < $1.distance }
    if let nearest, nearest.distance <= max(1, letters.count / 3) { return nearest.name }
    guard letters.count >= 3 else { return nil }
    return names.filter { $0.hasPrefix(word.lowercased()) }.min { $0.count < $1.count }
  }

  /// The names of options in the arguments, without values.
  private var written: [String] {
    var names: [String] = []
    var values = 0
    for argument in arguments {
      guard values == 0, argument.hasPrefix("-"), argument != "-" else {
        values = max(0, values - 1)
        continue
      }
      let name = String(argument.prefix { $0 != "=" })
      names.append(name)
      // Of several letters behind a hyphen each takes its value.
      let options = has(name) ? [name] : Self.letters(name)
      values = name == argument ? options.count(where: takesValue) : 0
    }
    return names
  }

  /// The options of one letter each that share a hyphen; none for a long name.
  private static func letters(_ name: String) -> [String] {
    name.hasPrefix("--") ? [] : name.dropFirst().map { "-\($0)" }
  }
}

/// Counts the letters to insert, to remove or to replace until one word is the other.
private func editDistance(_ one: [Character], _ other: [Character]) -> Int {
  var row = Array(0...other.count)
  for (i, letter) in one.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, wanted) in other.enumerated() {
      let replaced = diagonal + (letter == wanted ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[other.count]
}

import ArgumentParser

/// Options that hold one value and were given two, of which the parser keeps the last in silence.
enum RepeatedOptions {
  /// Finds the first.
  ///
  /// - Parameters:
  ///   - arguments: The arguments behind the tool's name.
  ///   - command: The tool's command, which describes its options.
  /// - Returns: How it is written; nil where there is none.
  static func first<Command: ParsableCommand>(
    in arguments: [String], of command: Command.Type
  ) -> String? {
    let written = arguments.prefix { $0 != "--" }
    // A description of the options takes time, and most command lines have no use for it.
    guard mayRepeat(written) else { return nil }
    let description: JSON
    do throws(JSONError) { description = try JSON(parsing: Array(Command._dumpHelp().utf8)) } catch
    {
      return nil
    }
    guard var scope = description["command"] else { return nil }
    var rest = ArraySlice(written)
    while let name = rest.first,
      let inner = scope["subcommands"]?.array?.first(where: { $0["commandName"]?.string == name })
    {
      scope = inner
      rest.removeFirst()
    }
    return first(in: rest, of: scope)
  }

  private static func first(in arguments: ArraySlice<String>, of scope: JSON) -> String? {
    var options: [String: (number: Int, isRepeating: Bool)] = [:]
    for (i, option) in (scope["arguments"]?.array ?? []).enumerated()
    where option["kind"]?.string == "option" {
      for name in option["names"]?.array ?? [] {
        let dashes = name["kind"]?.string == "short" ? "-" : "--"
        options[dashes + (name["name"]?.string ?? "")] = (
          i, option["isRepeating"]?.bool ?? true
        )
      }
    }
    var seen: Set<Int> = []
    var isValue = false
    for argument in arguments {
      if isValue {
        isValue = false
        continue
      }
      let name = argument.prefix { $0 != "=" }
      guard let option = options[String(name)] else { continue }
      isValue = name.count == argument.count
      guard seen.insert(option.number).inserted || option.isRepeating else { return String(name) }
    }
    return nil
  }

  /// Whether two options begin with the same letter, as `-w` and `--weights` do.
  private static func mayRepeat(_ arguments: ArraySlice<String>) -> Bool {
    var letters: Set<Character> = []
    for argument in arguments where argument.hasPrefix("-") {
      guard let letter = argument.first(where: { $0 != "-" }) else { continue }
      if !letters.insert(letter).inserted { return true }
    }
    return false
  }
}

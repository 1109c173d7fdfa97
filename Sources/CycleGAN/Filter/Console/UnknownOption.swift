import ArgumentParser

/// What is said of arguments that begin with a hyphen and are no option.
enum UnknownOption {
  /// Finds a name that a shell's `*` may have put among the options; no option has a dot in its name.
  ///
  /// - Parameters:
  ///   - arguments: What follows the tool's name.
  ///   - command: The tool.
  /// - Returns: One line for standard error; nil where there is none.
  static func fileAdvice<Command: ParsableCommand>(
    _ arguments: [String], _ command: Command.Type
  ) -> String? {
    let found = arguments.prefix { $0 != "--" }.first { argument in
      let name = argument.drop { $0 == "-" }.prefix { $0 != "=" }
      return argument.hasPrefix("-") && (name.first?.isLetter ?? false) && name.contains(".")
    }
    guard let found, let path = FilePath(argument: found) else { return nil }
    let letter = String(found.prefix(2))
    if !path.exists, letter != "--", let table = OptionTable(of: command, arguments),
      table.takesValue(letter)
    {
      let value = FilePath(bytes: Array(path.bytes.dropFirst(2)))
      return "\(path): the value of \(letter) is an argument of its own: \(letter) \(value)"
    }
    return
      "\(path): a name that begins with a hyphen is read as options; write ./\(path), or -- in front of "
      + "the files"
  }

  /// Names the first unknown option, whatever else is wrong.
  ///
  /// - Parameters:
  ///   - arguments: What follows the tool's name.
  ///   - command: The tool.
  /// - Returns: The first line of the message; nil if all options are known.
  static func message<Command: ParsableCommand>(
    _ arguments: [String], _ command: Command.Type
  ) -> String? {
    guard let table = OptionTable(of: command, arguments), let word = table.unknown else {
      return nil
    }
    let path = FilePath(bytes: CommandLineArguments.decoded(word))
    if path.exists {
      return "unknown option '\(path)'; for the file write ./\(path), or -- in front of the files"
    }
    let suggestion = table.suggestion(for: word).map { ". Did you mean '\($0)'?" } ?? ""
    return "unknown option '\(path)'\(suggestion)"
  }
}

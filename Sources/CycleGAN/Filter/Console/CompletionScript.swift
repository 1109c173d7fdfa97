import ArgumentParser

/// The completion scripts of ArgumentParser, for tools without subcommands.
///
/// It gives such a tool a subcommand `help`, which the tool does not have: zsh complains of two
/// definitions of the operands then, and bash and fish offer the word.
enum CompletionScript {
  /// Whether the command line asks for a script.
  ///
  /// - Parameter arguments: What follows the tool's name.
  /// - Returns: True for `--generate-completion-script`, with or without a shell.
  static func isWanted(_ arguments: [String]) -> Bool {
    arguments.contains { $0.hasPrefix("--generate-completion-script") }
  }

  /// Takes the subcommand out.
  ///
  /// - Parameters:
  ///   - script: Of any shell.
  ///   - command: The tool.
  /// - Returns: The script as it is if the tool has subcommands.
  static func repaired<Command: ParsableCommand>(
    _ script: String, of command: Command.Type
  ) -> String {
    guard command.configuration.subcommands.isEmpty else { return script }
    var isInside = false
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      let words = line.drop { $0 == " " }
      // bash: a block up to the end of its case.
      if words == "# Offer subcommand / subcommand argument completions" { isInside = true }
      guard !isInside else {
        isInside = words != "esac"
        return false
      }
      // zsh: what follows the options is a subcommand and its arguments.
      guard words != "'(-): :->command'", words != "'(-)*:: :->arg'" else { return false }
      // fish: the subcommand as a first operand.
      return !(words.hasPrefix("complete -c ") && words.contains(" -fa 'help' "))
    }
    return lines.joined(separator: "\n")
  }
}

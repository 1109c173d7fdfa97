import ArgumentParser

/// The completion scripts of ArgumentParser, with what it leaves to be desired.
enum CompletionScript {
  /// Whether the command line asks for a script.
  ///
  /// - Parameter arguments: What follows the tool's name.
  /// - Returns: True for `--generate-completion-script`, with or without a shell.
  static func isWanted(_ arguments: [String]) -> Bool {
    arguments.contains { $0.hasPrefix("--generate-completion-script") }
  }

  /// Completes values behind `=` as well, and offers no subcommand `help` where there are none.
  ///
  /// - Parameters:
  ///   - script: Of any shell.
  ///   - command: The tool.
  /// - Returns: The script to print.
  static func repaired<Command: ParsableCommand>(
    _ script: String, of command: Command.Type
  ) -> String {
    var lines = script.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if command.configuration.subcommands.isEmpty { removeHelpCommand(&lines) }
    return lines.map(takingEqualsSigns).joined(separator: "\n")
  }

  /// Takes out the command that ArgumentParser gives even tools without subcommands: zsh complains of two
  /// definitions of the operands, and bash and fish offer the word.
  private static func removeHelpCommand(_ lines: inout [String]) {
    var isInside = false
    lines.removeAll { line in
      let words = line.drop { $0 == " " }
      // bash: a block up to the end of its case.
      if words == "# Offer subcommand / subcommand argument completions" { isInside = true }
      if isInside {
        isInside = words != "esac"
        return true
      }
      // zsh: what follows the options is a subcommand and its arguments; fish: the first operand is one.
      return words == "'(-): :->command'" || words == "'(-)*:: :->arg'"
        || words.hasPrefix("complete -c ") && words.contains(" -fa 'help' ")
    }
  }

  /// Lets a value follow its option's name and `=`; fish does so by itself.
  private static func takingEqualsSigns(_ line: String) -> String {
    let words = line.drop { $0 == " " }
    // bash: the sign is a word of its own.
    if words == #"local -r prev="${3}""# {
      return #"""
            local prev="${3}"
            [[ "${prev}" = '=' && "${COMP_CWORD}" -ge 2 ]] && prev="${COMP_WORDS[COMP_CWORD-2]}"
        """#
    }
    // zsh: the names are in front of the description, and a flag has nothing behind it.
    guard words.hasPrefix("'"), words.contains("]:"), let end = line.firstIndex(of: "[") else {
      return line
    }
    let names = line[...end].replacing(#/--[A-Za-z0-9-]+(?=[\[,}])/#) { "\($0.output)=" }
    return String(names + line[line.index(after: end)...])
  }
}

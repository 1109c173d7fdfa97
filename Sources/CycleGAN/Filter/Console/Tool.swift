import ArgumentParser
import Glibc

/// The frame around every tool: descriptors, arguments, errors, exit status.
package enum Tool {
  /// Runs a command and exits.
  ///
  /// Help goes to stdout by checked writes, everything else that is said goes to stderr.
  ///
  /// - Parameters:
  ///   - command: The tool's command.
  ///   - words: What is said of the official code's options that the tool has not.
  ///   - allowsRepeats: Whether of an option that is given twice the last counts.
  package static func main<Command: ParsableCommand>(
    _ command: Command.Type, officialWords words: [String: String] = OfficialWords.filters,
    allowsRepeats: Bool = false
  ) -> Never {
    Descriptors.secure()
    // In every tool, also where nobody answers: a request for a status line must not kill.
    Interrupts.catchStatus()
    // A write beyond `ulimit -f` is then an error like others, and cleaned up after like others.
    signal(SIGXFSZ, SIG_IGN)
    let name = command.configuration.commandName ?? "cyclegan"
    MemoryGuard.start(tool: name)
    let arguments = CommandLineArguments.all
    if let advice = UnknownOption.fileAdvice(arguments, command)
      ?? OfficialWords.advice(arguments, words, command)
    {
      Diagnostics(tool: name).say(advice)
      leave(.usage)
    }
    do {
      var parsed = try command.parseAsRoot(
        AcceptedValues.bindingNegativeNumbers(arguments))
      if !allowsRepeats, OptionTable.mayRepeat(arguments),
        let option = OptionTable(of: command, arguments)?.repeated
      {
        throw ToolError(.usage, "\(option) is given twice and takes one value; leave one out")
      }
      try parsed.run()
    } catch let error as ToolError {
      ProgressLine.end()
      let diagnostics = Diagnostics(tool: name)
      for line in error.lines { diagnostics.say(line) }
      leave(error.status)
    } catch {
      explain(error, command)
    }
    leave(.done)
  }

  /// Ends the process, as a signal would where one asked for it.
  ///
  /// - Parameter status: What the shell gets.
  package static func leave(_ status: ExitStatus) -> Never {
    ProgressLine.end()
    Interrupts.dieIfAsked()
    // Without the clean-up of exit(): other threads may still be at work on what it takes away.
    _exit(status.rawValue)
  }

  /// Says what ArgumentParser wants to say: help, a version, a completion script, or wrong usage.
  private static func explain<Command: ParsableCommand>(
    _ error: any Error, _ command: Command.Type
  ) -> Never {
    let code = command.exitCode(for: error)
    var message = command.fullMessage(for: error)
    let name = command.configuration.commandName ?? "cyclegan"
    if code.isSuccess {
      if CompletionScript.isWanted(CommandLineArguments.all) {
        message = CompletionScript.repaired(message, of: command)
      }
    } else if let unknown = UnknownOption.message(CommandLineArguments.all, command) {
      // Before what is missing because of it.
      let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
      let usage = lines.drop { !$0.hasPrefix("Usage:") }
      message = (["\(name): \(unknown)"] + usage.map(String.init)).joined(separator: "\n")
    } else {
      if message.hasPrefix("Error: ") {
        message = "\(name): " + message.dropFirst(7).prefix(1).lowercased() + message.dropFirst(8)
      }
      message = AcceptedValues.explaining(message)
    }
    let text = Array((message + "\n").utf8)
    let output: Int32 = code.isSuccess ? STDOUT_FILENO : STDERR_FILENO
    do {
      try ByteWriter(descriptor: output).write(text)
    } catch {
      Diagnostics(tool: name).say("standard output: \(error)")
      exit(ExitStatus.inputOutput.rawValue)
    }
    exit(code.rawValue)
  }
}

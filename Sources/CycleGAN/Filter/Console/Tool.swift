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
    // A write beyond `ulimit -f` is then an error like others, and cleaned up after like others.
    signal(SIGXFSZ, SIG_IGN)
    let name = command.configuration.commandName ?? "cyclegan"
    MemoryGuard.start(tool: name)
    let arguments = CommandLineArguments.all
    if let advice = OfficialWords.advice(arguments, words, command) {
      Diagnostics(tool: name).say(advice)
      leave(.usage)
    }
    do {
      var parsed = try command.parseAsRoot(
        AcceptedValues.bindingNegativeNumbers(arguments))
      if !allowsRepeats, let option = RepeatedOptions.first(in: arguments, of: command) {
        throw ToolError(.usage, "\(option) is given twice and takes one value; leave one out")
      }
      try parsed.run()
    } catch let error as ToolError {
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
    if let name = command.configuration.commandName, message.hasPrefix("Error: ") {
      message = "\(name): " + message.dropFirst(7).prefix(1).lowercased() + message.dropFirst(8)
    }
    message = AcceptedValues.explaining(message)
    let text = Array((message + "\n").utf8)
    let output: Int32 = code.isSuccess ? STDOUT_FILENO : STDERR_FILENO
    do {
      try ByteWriter(descriptor: output).write(text)
    } catch {
      Diagnostics(tool: command.configuration.commandName ?? "cyclegan")
        .say("standard output: \(error)")
      exit(ExitStatus.inputOutput.rawValue)
    }
    exit(code.rawValue)
  }
}

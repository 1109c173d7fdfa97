import Testing

/// SIGUSR1 from the first moment on, when a tool has no handler yet.
@Suite(.enabled(if: LibraryMemoryTests.hasCompiler, "no C compiler"))
struct EarlySignalTests {
  static let tools =
    ["cg-prep", "cg-apply", "cg-cycle", "cg-weights"] + (Shell.hasTrainer ? ["cg-train"] : [])

  /// A shell with a library whose constructor, which runs before those of all others, asks for a status
  /// line.
  private static func shell() throws -> Shell {
    let shell = try Shell()
    try shell.write(
      """
      #include <signal.h>
      __attribute__((constructor)) static void ask(void) { raise(SIGUSR1); }
      """, to: "early.c")
    let outcome = try shell(
      "cc -shared -fPIC -o early.so early.c; LD_PRELOAD=$PWD/early.so true || :")
    #expect(outcome.status == 0, "\(outcome.errors)")
    return shell
  }

  @Test(arguments: tools)
  func `a request for a status line does not kill a tool that has only just begun`(
    tool: String
  ) throws {
    let outcome = try Self.shell()("LD_PRELOAD=$PWD/early.so \(tool) --version")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix(tool))
  }

  @Test func `a request that comes before the handler is answered`() throws {
    let shell = try Self.shell()
    try shell.makeImages(3, in: "p")
    let outcome = try shell("LD_PRELOAD=$PWD/early.so cg-prep -o o/ p")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("images"), "\(outcome.errors)")
  }

  @Test(arguments: ["cg-prep -q --files-from list -o o/", "cg-weights verify list"])
  func `a tool at work blocks no signal, which its children would inherit`(command: String) throws {
    let shell = try Shell()
    let outcome = try shell(
      """
      mkfifo list; exec 3<>list; \(command) &
      until grep -q 'SigBlk:.0*$' /proc/$!/status; do sleep .02; done
      kill -KILL $!
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }
}

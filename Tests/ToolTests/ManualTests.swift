import Foundation
import Testing

/// What the manuals say is held against the tools, and every example is run, with tiny generators.
@Suite struct ManualTests {
  static let manuals = Shell.root + "man/"
  static let filters = ["cg-prep", "cg-apply", "cg-cycle"]

  @Test(arguments: filters + ["cg-weights", "cg-train"].filter { Shell.has($0) })
  func `every option has its place in the manual`(tool: String) throws {
    let help = try (tool == "cg-weights" ? WeightsTests.commands : [""]).map { command in
      try Shell()("\(tool) \(command) --help").output
    }.joined()
    let options = Set(help.matches(of: #/(?m)^  (?:-\w, )?--([\w-]+)/#).map { String($0.1) })
    #expect(options.contains("version") && options.count > 2)
    var text = try String(contentsOfFile: Self.manuals + tool + ".1", encoding: .utf8)
    if text.contains("Xr cyclegan 7") {
      text += try String(contentsOfFile: Self.manuals + "cyclegan.7", encoding: .utf8)
    }
    let described = Set(
      text.matches(of: #/Fl -([\w-]+)|, -([\w-]+)/#).map {
        String($0.1 ?? $0.2 ?? "")
      })
    // What every program has needs no words.
    let missing = options.subtracting(described).subtracting(["help", "version"])
    #expect(missing.isEmpty, "cg-*.1 lacks \(missing.sorted())")
  }

  @Test(arguments: filters)
  func `every example of a filter's manual works`(tool: String) throws {
    let blocks = try examples(of: tool).filter { !$0.hasPrefix("out/%") }
    #expect(blocks.count >= 3)
    for block in blocks {
      let shell = try exampleFolder()
      // The check of the manual is too strict for generators of noise.
      let command = block.replacing("--min-psnr 20", with: "--min-psnr 1")
      guard !command.contains("parallel") || Shell.has("parallel") else { continue }
      let outcome = try shell(command)
      #expect(outcome.status == 0, "\(block)\n\(outcome.errors)")
      #expect(!outcome.output.isEmpty || shell.files(in: ".").count > 4, "\(block)")
    }
  }

  @Test func `the manual's rule for make makes what is missing`() throws {
    let rule = try #require(try examples(of: "cg-apply").first { $0.hasPrefix("out/%") })
    let shell = try exampleFolder()
    try shell.write(rule, to: "Makefile")
    let outcome = try shell("mkdir out; make out/a.png out/b.png; make -q out/a.png out/b.png")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(shell.files(in: "out") == ["a.png", "b.png"])
  }

  @Test(arguments: filters + ["cg-weights", "cg-train"].filter { Shell.has($0) })
  func `shells get completions, and help goes to standard output`(tool: String) throws {
    for script in ["bash", "zsh", "fish"] {
      let outcome = try Shell()("\(tool) --generate-completion-script \(script)")
      #expect(outcome.status == 0)
      #expect(outcome.output.contains(tool))
    }
    let help = try Shell()("\(tool) --help")
    #expect(help.status == 0)
    #expect(help.output.contains("\(tool) "))
    #expect(help.errors.isEmpty)
    let version = try Shell()("\(tool) --version")
    #expect(version.output.contains("oneDNN"))
  }

  /// Photographs, which are JPEG by their names only, and both generators.
  private func exampleFolder() throws -> Shell {
    let shell = try Shell()
    try shell.makeGenerator("gen_AB.bin", seed: 1)
    try shell.makeGenerator("gen_BA.bin", seed: 2)
    try shell.makePictures(2, in: "drawn", width: 70, height: 66)
    let outcome = try shell(
      """
      mkdir photos; cg-prep -o photos/a.jpg drawn/0.ppm; cg-prep -o photos/b.jpg drawn/1.ppm
      rm -r drawn
      """)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return shell
  }

  /// The displays of a manual's examples, as a person would type them.
  private func examples(of tool: String) throws -> [String] {
    let text = try String(contentsOfFile: Self.manuals + tool + ".1", encoding: .utf8)
    let section = try #require(text.firstMatch(of: #/(?s)\.Sh EXAMPLES\n(.*?)\.Sh/#)).1
    let displays = section.matches(of: #/(?ms)^\.Bd[^\n]*\n(.*?)^\.Ed|^\.Dl ([^\n]*)/#)
    return displays.map { String($0.1 ?? $0.2 ?? "") }
  }
}

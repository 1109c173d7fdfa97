import Foundation
import Testing

/// What the manual pages say is held against the tools, and every example of the filters is run, with
/// tiny generators.
@Suite struct ManualTests {
  static let manuals = Shell.root + "man/"
  static let filters = ["cg-prep", "cg-apply", "cg-cycle"]
  static let pages = ["cg-stream.5", "cg-weights.5", "cyclegan.7"]
  static let withoutTrainer = filters + ["cg-weights"]

  @Test(arguments: withoutTrainer)
  func `every option is in the manual page`(tool: String) throws {
    try expectEveryOption(of: tool)
  }

  @Test(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
  func `every option of cg-train is in its manual page`() throws {
    try expectEveryOption(of: "cg-train")
  }

  @Test(.enabled(if: Shell.has("mandoc"), "needs mandoc"), arguments: withoutTrainer)
  func `every flag of a manual page is an option of its tool`(tool: String) throws {
    try expectNoUnknownFlag(in: "\(tool).1", of: [tool])
  }

  @Test(
    .enabled(if: Shell.has("mandoc"), "needs mandoc"),
    .enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
  func `every flag of cg-train's manual page is one of its options`() throws {
    try expectNoUnknownFlag(in: "cg-train.1", of: ["cg-train"])
  }

  @Test(.enabled(if: Shell.has("mandoc"), "needs mandoc"), arguments: pages)
  func `every flag of a page about formats and filters is an option of a tool`(page: String) throws
  {
    try expectNoUnknownFlag(in: page, of: Self.withoutTrainer)
  }

  @Test(arguments: filters)
  func `every example of a filter's manual page works`(tool: String) throws {
    let blocks = try examples(of: "\(tool).1").filter {
      !$0.hasPrefix("out/%") && !$0.contains("parallel")
    }
    #expect(blocks.count >= 4)
    for block in blocks { try expectWorking(block) }
  }

  @Test(.enabled(if: Shell.has("parallel"), "needs GNU parallel"))
  func `the example with GNU parallel works`() throws {
    let blocks = try examples(of: "cg-apply.1").filter { $0.contains("parallel") }
    #expect(blocks.count == 1)
    for block in blocks { try expectWorking(block) }
  }

  @Test func `the manual page's list of failures can be tried again`() throws {
    let blocks = try examples(of: "cyclegan.7").filter { !$0.contains("cg-train") }
    #expect(blocks.count == 2)
    let shell = try exampleFolder()
    try shell.write("no image", to: "photos/bad.jpg")
    #expect(try shell(try #require(blocks.first)).status == 1)
    try shell.copyFixture("jpeg-baseline.jpg", to: "good.jpg")
    let outcome = try shell("mv good.jpg photos/bad.jpg; \(try #require(blocks.last))")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "out/photos/bad.jpg\n")
  }

  @Test func `the manual page's rule for make makes what is missing`() throws {
    let rule = try #require(try examples(of: "cg-apply.1").first { $0.hasPrefix("out/%") })
    let shell = try exampleFolder()
    try shell.write(rule, to: "Makefile")
    let outcome = try shell("mkdir out; make out/a.png out/b.png; make -q out/a.png out/b.png")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(shell.files(in: "out") == ["a.png", "b.png"])
  }

  @Test(arguments: withoutTrainer)
  func `shells get completions, and help goes to standard output`(tool: String) throws {
    try expectCompletionsAndHelp(of: tool)
  }

  @Test(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
  func `shells get completions of cg-train, and its help goes to standard output`() throws {
    try expectCompletionsAndHelp(of: "cg-train")
  }

  private func expectCompletionsAndHelp(of tool: String) throws {
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

  private func expectEveryOption(of tool: String) throws {
    let options = try options(of: tool)
    #expect(options.contains("--version") && options.count > 4)
    var described = flags(in: try source(of: "\(tool).1"))
    // What the filters share is described once.
    if Self.filters.contains(tool) { described.formUnion(flags(in: try source(of: "cyclegan.7"))) }
    // What every program has needs no words.
    let missing = options.subtracting(described).subtracting(["-h", "--help", "--version"])
    #expect(missing.isEmpty, "\(tool).1 lacks \(missing.sorted())")
  }

  /// Expects that mandoc renders as a flag only what a tool's help names.
  ///
  /// An argument of mdoc's `.Fl` that was meant as a value, such as the 0 of `.Fl -lambda 0`, is
  /// rendered as a flag, too.
  private func expectNoUnknownFlag(in page: String, of tools: [String]) throws {
    let rendered = try Shell()("mandoc -T html -O fragment \(Self.manuals)\(page)")
    #expect(rendered.status == 0, "\(rendered.errors)")
    let flags = Set(
      rendered.output.matches(of: #/<code class="Fl"[^>]*>([^<]*)</code>/#).map { String($0.1) })
    #expect(!flags.isEmpty)
    let known = try tools.reduce(into: Set<String>()) { $0.formUnion(try options(of: $1)) }
    #expect(flags.isSubset(of: known), "\(page) has \(flags.subtracting(known).sorted())")
  }

  /// The options of a tool and its commands, as its help lists them, with their hyphens.
  private func options(of tool: String) throws -> Set<String> {
    let help = try (tool == "cg-weights" ? WeightsTests.commands + [""] : [""]).map { command in
      try Shell()("\(tool) \(command) --help").output
    }.joined()
    let names = help.matches(of: #/(?m)^  (--?\w[\w-]*(?:(?:, |/)--?\w[\w-]*)*)/#)
    return Set(names.flatMap { $0.1.split { "/, ".contains($0) } }.map(String.init))
  }

  /// The flags in a page's source, with their hyphens.
  private func flags(in source: String) -> Set<String> {
    let macros = source.split(separator: "\n").filter { $0.hasPrefix(".") }
    let lists = macros.flatMap { $0.matches(of: #/\bFl (-?[\w-]+(?: [,|] -?[\w-]+)*)/#) }
    return Set(lists.flatMap { $0.1.split { " ,|".contains($0) } }.map { "-\($0)" })
  }

  private func source(of page: String) throws -> String {
    try String(contentsOfFile: Self.manuals + page, encoding: .utf8)
  }

  private func expectWorking(_ block: String) throws {
    let shell = try exampleFolder()
    // The check of the page is too strict for generators of noise.
    let outcome = try shell(block.replacing("--min-psnr 20", with: "--min-psnr 1"))
    #expect(outcome.status == 0, "\(block)\n\(outcome.errors)")
    #expect(!outcome.output.isEmpty || shell.files(in: ".").count > 4, "\(block)")
  }

  /// Photographs, which are JPEG by their names only, and both generators.
  private func exampleFolder() throws -> Shell {
    let shell = try Shell()
    try shell.makeGenerator("gen_AB.bin", seed: 1)
    try shell.makeGenerator("gen_BA.bin", seed: 2)
    try shell.makeImages(2, in: "drawn", width: 70, height: 66)
    let outcome = try shell(
      """
      mkdir photos; cg-prep -o photos/a.jpg drawn/0.ppm; cg-prep -o photos/b.jpg drawn/1.ppm
      rm -r drawn
      """)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return shell
  }

  /// The displays of a page's description and examples, as a person would type them.
  private func examples(of page: String) throws -> [String] {
    let text = try source(of: page)
    let sections = text.matches(of: #/(?s)\.Sh (?:DESCRIPTION|EXAMPLES)\n(.*?)(?=\n\.Sh)/#)
    try #require(sections.count == 2)
    return sections.flatMap { section in
      section.1.matches(of: #/(?ms)^\.Bd[^\n]*\n(.*?)^\.Ed|^\.Dl ([^\n]*)/#)
        .map { String($0.1 ?? $0.2 ?? "") }
    }
  }
}

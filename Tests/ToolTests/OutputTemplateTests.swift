import Testing

/// Names of outputs that differ from those of the inputs.
@Suite struct OutputTemplateTests {
  let shell: Shell

  init() throws {
    shell = try Filter.shell()
    _ = try shell("mkdir -p d/e; cp p/0.ppm d/a.ppm; cp whole.png d/a.png; cp p/1.ppm d/e/b.ppm")
  }

  static let filters = [Filter.prep, .apply]

  @Test(
    arguments: filters,
    [
      ("'{dir}/{name}.{ext}'", "d/a.png.png d/a.ppm.png d/e/b.ppm.png"),
      ("'{name}.{ext}'", "a.png.png a.ppm.png b.ppm.png"),
      ("'{dir:1}/{name}_B.{ext}'", "a.png_B.png a.ppm_B.png e/b.ppm_B.png"),
      ("'{dir:9}/{name}.{ext}'", "a.png.png a.ppm.png b.ppm.png"),
      ("'x/{dir}-{name}.{ext}'", "x/d-a.png.png x/d-a.ppm.png x/d/e-b.ppm.png"),
    ])
  func `a template names every output, and inputs that differ in extension only are kept apart`(
    filter: Filter, template: (String, String)
  ) throws {
    let command = "\(filter.command) --format png --output-template \(template.0)"
    let outcome = try shell(
      """
      \(command) -n -o o/ d > plan; \(command) --depfile deps -o o/ d > made
      cut -f 2 plan | cmp - made; cut -d : -f 1 deps | cmp - made
      \(command) --skip-existing -o o/ d; \(command) --update -o o/ d
      touch -d '1 hour' d/a.png; \(command) --update -o o/ d | wc -l; sort made
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let names = template.1.split(separator: " ").map { "o/\($0)\n" }.joined()
    #expect(outcome.output == "1\n" + names)
    #expect(shell.files(in: "o").count == 3)
  }

  @Test(arguments: filters)
  func `a collision names the way that works, and it works`(filter: Filter) throws {
    let outcome = try shell("\(filter.command) --format png -o o/ d || echo $?; ls")
    #expect(outcome.output.hasPrefix("73\n"))
    let hint = "rename one, or keep both with --output-template '{dir}/{name}.{ext}'"
    #expect(outcome.errors.contains("d/a.png and d/a.ppm would both become o/d/a.png; \(hint)\n"))
    #expect(!shell.files(in: ".").contains { $0.hasPrefix("o/") })
    let same = try shell(
      "\(filter.command) --output-template '{stem}.{ext}' -o o/ p/0.ppm ./p/0.ppm || echo $?")
    #expect(same.output == "73\n")
    #expect(same.errors.hasSuffix("would both become o/0.ppm; rename one\n"), "\(same.errors)")
  }

  @Test func `without its folders an input above the current one has an output`() throws {
    let outcome = try shell(
      """
      cd d; cg-prep -o o/ ../p/0.ppm || echo $?
      cg-prep -o o/ --output-template '{stem}.{ext}' ../p/0.ppm
      cg-prep -o o/ --output-template '{dir:1}/{stem}_2.{ext}' ../p/0.ppm
      cg-prep -o o/ --output-template '../{stem}.{ext}' ../p/0.ppm || echo $?
      """)
    #expect(outcome.output == "73\no/0.ppm\no/p/0_2.ppm\n73\n")
    #expect(outcome.errors.contains("use --output-template '{stem}.{ext}'"))
  }

  @Test func `frames of a stream and contact sheets are named alike`() throws {
    let outcome = try shell(
      """
      cg-prep d | cg-apply -w AB.bin --output-template '{dir:1}/{name}_B.{ext}' --format jpg -o o/
      cg-cycle -w AB.bin -W BA.bin --output-template '{name}.{ext}' -o sheets d > table
      cg-cycle -w AB.bin -W BA.bin -o sheets2 d > table || echo $?
      """)
    #expect(outcome.output == "o/a.png_B.jpg\no/a.ppm_B.jpg\no/e/b.ppm_B.jpg\n73\n")
    #expect(shell.files(in: "sheets") == ["a.png.png", "a.ppm.png", "b.ppm.png"])
    #expect(outcome.errors.contains("keep both with --output-template"))
  }

  @Test(arguments: [
    ("'{stem}' -o o/", "{dir} or {dir:N}, {name}, {stem}, and .{ext} at the end"),
    ("'{stem}.png' -o o/", ".{ext} at the end"), ("'{what}.{ext}' -o o/", ".{ext} at the end"),
    ("'{stem.{ext}' -o o/", ".{ext} at the end"), ("'stem}.{ext}' -o o/", ".{ext} at the end"),
    ("'{dir:x}/{stem}.{ext}' -o o/", ".{ext} at the end"), ("'' -o o/", ".{ext} at the end"),
    ("'{dir:-1}/{stem}.{ext}' -o o/", ".{ext} at the end"), ("'{ext}' -o o/", ".{ext} at the end"),
    ("'{stem}.{ext}' -o x.png", "it needs -o FOLDER/"),
    ("'{stem}.{ext}' -o -", "it needs -o FOLDER/"),
    ("'{stem}.{ext}'", "it needs -o"),
  ])
  func `a template that says no whole name is refused`(options: String, reason: String) throws {
    let outcome = try shell("cg-prep p/0.ppm --output-template \(options) || echo $?")
    #expect(outcome.output == "64\n")
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
  }
}

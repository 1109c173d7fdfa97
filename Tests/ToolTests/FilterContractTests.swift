import Foundation
import Testing

/// What every filter promises, whatever it does with an image.
@Suite struct FilterContractTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test(arguments: Filter.allCases)
  func `help goes to stdout, with examples`(filter: Filter) throws {
    let outcome = try shell("\(filter.rawValue) --help")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    let paragraphs = outcome.output.components(separatedBy: "\n\n")
    let examples = try #require(paragraphs.dropFirst().first).split(separator: "\n")
    #expect(examples.count >= 4)
    for example in examples {
      // A line that help has wrapped would not run when it is copied.
      #expect(
        example.hasPrefix("\(filter.rawValue) ") || example.contains(" | \(filter.rawValue) "))
    }
    let full = try shell("\(filter.rawValue) --help > /dev/full")
    #expect(full.status == 74)
  }

  @Test(arguments: Filter.allCases)
  func `the version names the libraries, in one line`(filter: Filter) throws {
    let outcome = try shell("\(filter.rawValue) --version")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("\(filter.rawValue) "))
    #expect(outcome.output.contains("oneDNN"))
    #expect(outcome.output.count { $0 == "\n" } == 1)
  }

  @Test(arguments: Filter.allCases, ["--bogus", "-j 0", "-t 0", "--stdin all", "--max-side -1"])
  func `wrong usage is 64 and leaves stdout empty`(filter: Filter, option: String) throws {
    let outcome = try shell("\(filter.command) \(option) p/0.ppm")
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("\(filter.rawValue): "), "\(outcome.errors)")
  }

  @Test(arguments: Filter.allCases)
  func `one bad image of three is named once, and the others are done`(filter: Filter) throws {
    let outcome = try shell("\(filter.command) p/0.ppm bad.png p/1.ppm | wc -c")
    #expect(outcome.status == 1)
    #expect(
      outcome.errors == """
        \(filter.rawValue): bad.png: truncated PNG: it ends after 148 bytes
        \(filter.rawValue): 2 of 3 images done, 1 failed

        """)
  }

  @Test(arguments: Filter.allCases)
  func `a missing operand is 66, and nothing that can be decoded is 65`(filter: Filter) throws {
    let missing = try shell("\(filter.command) p/0.ppm none.png > out")
    #expect(missing.status == 66)
    #expect(missing.errors.contains("none.png: No such file or directory"))
    let bad = try shell("\(filter.command) bad.png > out")
    #expect(bad.status == 65)
  }

  @Test(arguments: Filter.allCases)
  func `no input is no images, and that is fine`(filter: Filter) throws {
    for input in ["</dev/null", "--files-from /dev/null", "-0 </dev/null", "- </dev/null"] {
      let outcome = try shell("\(filter.command) \(input) > out")
      #expect(outcome.status == 0)
      #expect(outcome.errors.isEmpty)
    }
  }

  @Test(arguments: Filter.allCases)
  func `a name cannot forge a line or disturb the terminal`(filter: Filter) throws {
    let outcome = try shell(#"\#(filter.command) $'a\ncg-prep: b: \e[31m\xff' > out"#)
    #expect(outcome.status == 66)
    let line = #"a\ncg-prep: b: \x1b[31m\xff: No such file or directory"#
    #expect(outcome.errors.hasPrefix("\(filter.rawValue): \(line)\n"), "\(outcome.errors)")
  }

  @Test(arguments: Filter.allCases)
  func `the output is the same with any number of threads`(filter: Filter) throws {
    try shell.makeImages(12, in: "many")
    let outcome = try shell(
      """
      for jobs in 1 2:1 1:3 8; do \(filter.command) -j $jobs many bad.png 2>&1 | cksum || true; done |
        sort -u | wc -l
      """)
    #expect(outcome.output == "1\n")
  }

  @Test(arguments: Filter.allCases)
  func `eight descriptors are enough, and a limit of the file size is an error`(
    filter: Filter
  ) throws {
    try shell.makeImages(40, in: "many")
    let few = try shell("ulimit -n 8; \(filter.command) many > out")
    #expect(few.status == 0, "\(few.errors)")
    let small = try shell("(ulimit -f 1; \(filter.command) many many many) > out")
    #expect(small.status == 74, "\(small.errors)")
    #expect(small.errors == "\(filter.rawValue): standard output: File too large\n")
  }

  @Test(arguments: Filter.allCases)
  func `--fail-fast ends at the first image that fails`(filter: Filter) throws {
    let outcome = try shell(
      "mkfifo l; exec 3<>l; echo none >&3; \(filter.command) --fail-fast < l || true", seconds: 20)
    #expect(outcome.errors.contains("none: No such file or directory"))
    let status = try shell("\(filter.command) bad.png p/0.ppm --fail-fast > out")
    #expect(status.status == 65)
  }

  @Test(arguments: Filter.allCases)
  func `--failures holds the paths that failed, each ended by a NUL`(filter: Filter) throws {
    let outcome = try shell(
      #"\#(filter.command) bad.png p/0.ppm $'n\n' --failures failed > out || tr '\0' '|' < failed"#)
    #expect(outcome.output == "bad.png|n\n|")
  }

  @Test(arguments: Filter.allCases)
  func `-v says a line for every image, and -q only what went wrong`(filter: Filter) throws {
    let said = try shell("echo note > p/notes; \(filter.command) -v p > out")
    #expect(said.errors.contains("p/notes: skipped, a text file"))
    #expect(said.errors.contains("p/2.ppm: done"))
    let quiet = try shell("\(filter.command) -q p > out")
    #expect(quiet.errors.isEmpty)
    let progress = try shell("\(filter.command) --progress p > out")
    #expect(progress.errors.contains("3 images, "))
  }
}

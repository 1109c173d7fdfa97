import Testing

/// Which folders below an operand are walked into, and what is said at the end.
@Suite struct WalkingTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test(arguments: ["cg-prep", "cg-apply -w ../AB.bin"], ["out/", "./out", "link/", "a/../out/"])
  func `the folder of the output is not read again`(command: String, output: String) throws {
    let outcome = try shell(
      """
      mkdir out a; cd p; mkdir out a; ln -s out link
      for i in 1 2 3; do \(command) --update -o \(output) . >made; find out/ -type f | wc -l; done
      \(command) -o ../other/ ./out | wc -l
      """)
    #expect(outcome.output == "3\n3\n3\n3\n", "\(outcome.errors)")
  }

  @Test func `contact sheets are no inputs of the next check`() throws {
    let outcome = try shell(
      "cd p; for i in 1 2; do cg-cycle -w ../AB.bin -W ../BA.bin -o s . | grep -c ppm; done")
    #expect(outcome.output == "3\n3\n", "\(outcome.errors)")
  }

  @Test(arguments: Filter.allCases)
  func `a run below a folder is left out and named once, and is read where it is named`(
    filter: Filter
  ) throws {
    let outcome = try shell(
      """
      for run in p/run p/q/run; do
        mkdir -p $run/checkpoints $run/samples; touch $run/config.json; cp whole.png $run/samples/
      done
      \(filter.command) -v p 2>&1 >o | grep -c ': done'
      \(filter.command) p 2>&1 >o | grep run
      \(filter.command) -v p/run 2>&1 >o | grep -c ': done'
      """)
    #expect(
      outcome.output == """
        3
        \(filter.rawValue): p/q/run and 1 more: a run of cg-train, not read; name it to read it
        1

        """)
  }

  @Test(arguments: Filter.allCases)
  func `-v ends in how many images took how long, and one failure has no count`(
    filter: Filter
  ) throws {
    let verbose = try shell("\(filter.command) -v p >o")
    #expect(verbose.errors.contains("\(filter.rawValue): 3 images in "), "\(verbose.errors)")
    let plain = try shell("\(filter.command) p >o")
    #expect(plain.errors.isEmpty)
    let one = try shell("\(filter.command) bad.png >o")
    #expect(!one.errors.contains(" of 1 "), "\(one.errors)")
  }
}

import Testing

/// The line at the end of a run.
@Suite struct LastLineTests {
  let shell: Shell

  init() throws {
    shell = try Filter.shell()
    _ = try shell("mkdir d; cp p/* d; echo > d/notes.txt; echo > d/more.txt")
  }

  /// The last line of `-v`, without the time that the run took.
  private func last(_ command: String) throws -> String {
    let outcome = try shell(
      "(\(command)) 2>&1 >/dev/null | tail -1 | sed 's/in [0-9.]* s/in T/'")
    return outcome.output
  }

  @Test(arguments: Filter.allCases)
  func `the last line counts what was done, what failed and what was skipped`(
    filter: Filter
  ) throws {
    let name = filter.rawValue
    #expect(try last("\(filter.command) -v p") == "\(name): 3 images in T\n")
    #expect(try last("\(filter.command) -v d") == "\(name): 3 images in T, 2 skipped\n")
    #expect(try last("\(filter.command) -v p/0.ppm") == "\(name): 1 image in T\n")
    let failed = try last("\(filter.command) d bad.png || true")
    #expect(failed == "\(name): 3 of 4 images done, 1 failed, 2 skipped\n")
    #expect(try last("\(filter.command) p").isEmpty)
    #expect(try last("\(filter.command) -q d").isEmpty)
  }

  @Test(arguments: [Filter.prep, .apply], ["--update", "--skip-existing"])
  func `images that need not be made again are skipped`(filter: Filter, option: String) throws {
    let command = "\(filter.command) -v \(option) -o o/"
    #expect(try last("\(command) p/0.ppm") == "\(filter.rawValue): 1 image in T\n")
    #expect(try last("\(command) p") == "\(filter.rawValue): 2 images in T, 1 skipped\n")
    #expect(try last("\(command) d p") == "\(filter.rawValue): 3 images in T, 5 skipped\n")
    #expect(try last("\(command) p") == "\(filter.rawValue): 0 images in T, 3 skipped\n")
  }

  @Test(arguments: Filter.allCases)
  func `one input that fails is named once, without a count`(filter: Filter) throws {
    let outcome = try shell("\(filter.command) -v bad.png > out || true")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    #expect(!outcome.errors.contains("of 1"))
  }
}

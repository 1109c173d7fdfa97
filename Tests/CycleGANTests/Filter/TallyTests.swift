import Testing

@testable import CycleGAN

@Suite struct TallyTests {
  /// Counts images quietly.
  func tally(_ failures: [CycleGAN.ExitStatus?]) throws -> Tally {
    let options = try ReportOptions.parse(["-q"])
    let tally = try Tally(Diagnostics(tool: "test"), options, total: nil)
    for failure in failures {
      // Told further on, so that the test says nothing.
      try tally.count(
        .init(), failure.map { InputFailure("bad", status: $0, isUpstream: true) }, isPassedOn: true
      )
    }
    return tally
  }

  @Test(
    arguments: [
      ([], .done), ([nil, nil], .done), ([nil, .someFailed], .someFailed),
      ([.someFailed], .badData), ([.someFailed, .someFailed], .badData),
      ([nil, .noInput], .noInput), ([.noInput, .someFailed], .noInput),
      ([.badData, .noInput], .badData),
      ([nil, .cannotCreate, .someFailed], .cannotCreate), ([nil, .badData, .someFailed], .badData),
    ] as [([CycleGAN.ExitStatus?], CycleGAN.ExitStatus)])
  func `the worst failure is the status, and nothing done is bad data`(
    failures: [CycleGAN.ExitStatus?], status: CycleGAN.ExitStatus
  ) throws {
    #expect(try tally(failures).status == status)
  }

  @Test func `only a stream without its end makes the run partial`() throws {
    #expect(try tally([nil, .noInput, .someFailed]).isWhole)
    #expect(try !tally([nil, .badData, nil]).isWhole)
  }

  @Test func `the file of failures has paths, and no numbers`() throws {
    let folder = try TemporaryFolder()
    let options = try ReportOptions.parse(["-q", "--failures", "\(folder.path)/failed"])
    let tally = try Tally(Diagnostics(tool: "test"), options, total: nil)
    let failure = InputFailure("bad", isUpstream: true)
    try tally.count(.init(FilePath("a\n"), nil), failure, isPassedOn: true)
    try tally.count(.init(FilePath("000001"), "standard input: image 1"), failure, isPassedOn: true)
    try tally.count(.init(FilePath("b"), nil), nil, isPassedOn: true)
    #expect(try ByteReader(folder.path.appending("failed")).readAll() == Array("a\n\0".utf8))
  }
}

import CycleGAN
import CycleGANTraining
import Testing

@Suite struct SaveIntervalTests {
  @Test(
    arguments: [
      ("500", .steps(500)), ("1e", .epochs(1)), ("90s", .minutes(1.5)), ("10m", .minutes(10)),
      ("2h", .minutes(120)), ("0", nil), ("", nil), ("m", nil), ("-1m", nil), ("1.5m", nil),
      ("10 m", nil), ("10mm", nil), ("1E", nil), ("99999999999999999999", nil), ("+1", nil),
      ("\u{0661}e", nil),
    ] as [(String, SaveInterval?)])
  func `a number and a letter are read, and nothing else`(text: String, expected: SaveInterval?) {
    #expect(SaveInterval(text) == expected)
  }

  @Test func `intervals replace the defaults, and the shortest of a kind counts`() {
    var options = TrainingOptions()
    options.save(every: [.minutes(10), .epochs(3), .minutes(5), .epochs(4)])
    #expect(options.saveEvery == nil && options.saveEverySteps == nil)
    #expect(options.saveEveryEpochs == 3)
    #expect(options.saveEveryMinutes == 5)
  }

  @Test(
    arguments: [
      (.steps(5), [5, 10, 12]), (.epochs(1), [4, 8, 12]), (.epochs(2), [8, 12]),
      (.minutes(1e-9), Array(1...12)), (.minutes(1000), [12]),
    ] as [(SaveInterval, [Int])])
  func `a run saves when an interval ends, and at its end`(
    interval: SaveInterval, steps: [Int]
  ) throws {
    var small = try SmallRun()
    small.options.save(every: [interval])
    #expect(try small.run() == .finished(steps: 12))
    // A sample is drawn with every checkpoint, and samples stay.
    #expect(try small.samples == steps)
    #expect(try small.checkpoints.count == 2)
  }

  @Test func `a run that is asked to save does so, says so, and goes on as it would have`() throws {
    var (asked, plain) = (try SmallRun(), try SmallRun())
    asked.saving = 3
    #expect(try asked.run() == .finished(steps: 12))
    try plain.run()
    #expect(try asked.samples == [3, 12])
    #expect(asked.messages.lines.contains("saved after step 3"))
    #expect(try asked.results == plain.results)
  }
}

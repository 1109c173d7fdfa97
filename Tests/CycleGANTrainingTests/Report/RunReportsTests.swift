import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

@Suite struct RunReportsTests {
  private func rows(_ small: SmallRun, _ name: String) throws -> [[String]] {
    let text = String(decoding: try ByteReader(small.path.appending(name)).readAll(), as: UTF8.self)
    return text.split(separator: "\n").map { $0.components(separatedBy: "\t") }
  }

  @Test func `timing has a row for each row of the log, and none twice after a resume`() throws {
    let small = try SmallRun()
    try small.run(stoppingAfter: 5)
    let path = small.path.appending("timing.tsv")
    try AtomicFile.write(
      ByteReader(path).readAll() + Array("6\t1\t1\t0\n7\t0.".utf8), to: path)
    try small.run()
    let timing = try rows(small, "timing.tsv")
    #expect(timing.map { $0[0] } == (try rows(small, "log.tsv").map { $0[0] }))
    for row in timing.dropFirst() {
      let values = row.dropFirst().compactMap { Double($0) }
      #expect(values.count == 3)
      #expect(values[0] > 0 && abs(values[0] * values[1] - 1) < 0.01)
      #expect((0...1).contains(values[2]))
    }
  }

  @Test func `a step that waits for its images is seen in the share`() throws {
    var clock = StepClock()
    try clock.waiting { () throws(TrainingError) in _ = usleep(30_000) }
    clock.count(images: 4)
    usleep(10_000)
    let throughput = clock.now
    #expect(throughput.steps == 1 && throughput.images == 4)
    #expect(
      throughput.waitedSeconds >= 0.03 && throughput.seconds >= throughput.waitedSeconds + 0.01)
    #expect(throughput.since(throughput) == Throughput())
    #expect(
      Throughput().imagesPerSecond == 0 && Throughput().secondsPerStep == 0
        && Throughput().waitedShare == 0)
  }

  @Test func `a run that goes back takes its reports back, too`() throws {
    var small = try SmallRun()
    small.options.saveEvery = 4
    small.fault = { call, batch, model in
      if call == 6 {
        for parameter in [model.generatorAB] {
          let tensor = try parameter.tensor("model.1.weight")
          try tensor.write(tensor.values().map { _ in Float.nan })
        }
      }
      return batch
    }
    try small.run()
    #expect(small.messages.lines.contains { $0.contains("back to step 4") })
    let steps = (1...12).map { "\($0)" }
    #expect(try rows(small, "timing.tsv").dropFirst().map { $0[0] } == steps)
    let page = String(
      decoding: try ByteReader(small.path.appending("index.html")).readAll(), as: UTF8.self)
    #expect(page.contains("step 12 of 12"))
    let events = try EventFile(
      Array(ByteReader(small.path.appending(TensorBoardLog.name)).readAll())
    ).events
    #expect(events.filter { !$0.scalars.isEmpty }.map(\.step) == Array(1...12))
  }

  @Test func `the page of a run that failed does not say that it trains`() throws {
    var small = try SmallRun()
    small.options.model.learningRate = 1e30
    #expect(throws: TrainingError.self) { try small.run() }
    let page = ParsedPage(
      String(
        decoding: try ByteReader(small.path.appending("index.html")).readAll(), as: UTF8.self))
    #expect(page.text.contains("failed, step "))
  }

  @Test func `where a report cannot be written the run says so once and goes on`() throws {
    let small = try SmallRun()
    try small.run(stoppingAfter: 1)
    for name in [TimingLog.name, TensorBoardLog.name, "index.html"] {
      let path = small.path.appending(name).string
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    #expect(try small.run() == .finished(steps: 12))
    for name in [TimingLog.name, TensorBoardLog.name, "index.html"] {
      let warnings = small.messages.lines.filter { $0.contains("\(name): ") }
      #expect(warnings.count == 1)
      #expect(warnings.first?.hasSuffix("training continues") == true)
    }
  }
}

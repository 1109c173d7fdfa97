@testable import CycleGANTraining
import Testing

/// What a run writes into a log where nobody watches it.
@Suite struct LogIntervalTests {
  @Test func `a line is due after a minute and then every five, however long a step takes`() {
    var interval = LogInterval()
    let due = stride(from: 0, through: 1200, by: 1).filter { interval.ends(at: Double($0)) }
    #expect(due == [60, 360, 660, 960])
    var slow = LogInterval(first: 10, interval: 100)
    #expect(
      [5, 250, 300, 349, 351].map { slow.ends(at: $0) } == [false, true, false, false, true])
  }

  @Test func `the line has the step, the share and the time left at the speed of this process`() {
    let progress = TrainingProgress(
      run: RunProgress(step: 1200, totalSteps: 54000, epoch: 3, totalEpochs: 200), firstStep: 1000,
      losses: Losses([Float](repeating: 0, count: Losses.columns.count)),
      throughput: Throughput(steps: 200, images: 200, seconds: 100))
    #expect(progress.position == "1200/54000 steps, 2 %, 7:20:00 left")
  }
}

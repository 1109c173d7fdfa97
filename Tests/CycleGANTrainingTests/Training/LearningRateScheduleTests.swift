import CycleGANTraining
import Testing

@Suite struct LearningRateScheduleTests {
  /// Computed from the official code's lambda for 100 + 100 epochs.
  @Test(arguments: [
    (1, 2e-4), (99, 2e-4), (100, 2e-4), (101, 1.9802e-4), (150, 1.0099e-4), (199, 3.9604e-6),
    (200, 1.9802e-6),
  ])
  func `linear keeps the rate for 100 epochs and takes 100 more to nearly nothing`(
    epoch: Int, expected: Double
  ) {
    expect(LearningRateSchedule(.linear).rate(epoch: epoch), near: expected)
  }

  /// 2e-4 (1 - k / 400), with k steps of decay done before.
  @Test(arguments: [
    (1, 0, 2e-4), (100, 3, 2e-4), (101, 0, 2e-4), (101, 1, 1.995e-4), (102, 0, 1.98e-4),
    (151, 0, 1e-4), (200, 3, 5e-7), (201, 0, 0),
  ])
  func `by step linear falls evenly over the steps of a hundred epochs of four`(
    epoch: Int, step: Int, expected: Double
  ) {
    expect(LearningRateSchedule().rate(epoch: epoch, step: step, of: 4), near: expected)
  }

  @Test func `linear does not depend on the first epoch trained`() {
    let resumed = LearningRateSchedule(.linear, firstEpoch: 150)
    #expect(resumed.rate(epoch: 160) == LearningRateSchedule(.linear).rate(epoch: 160))
  }

  @Test(arguments: [(1, 2e-4), (50, 2e-4), (51, 2e-5), (100, 2e-5), (101, 2e-6)])
  func `step takes a tenth every fifty epochs`(epoch: Int, expected: Double) {
    expect(LearningRateSchedule(.step).rate(epoch: epoch), near: expected)
  }

  @Test(arguments: [(1, 2e-4), (51, 1e-4), (101, 0.0), (151, 1e-4), (201, 2e-4)])
  func `cosine falls for 100 epochs and rises again`(epoch: Int, expected: Double) {
    expect(LearningRateSchedule(.cosine).rate(epoch: epoch), near: expected)
  }

  /// PyTorch 2.15's `ReduceLROnPlateau(min, factor 0.2, threshold 0.01, patience 5)` fed 0.
  @Test(arguments: [
    (1, 2e-4), (7, 2e-4), (8, 4e-5), (13, 4e-5), (14, 8e-6), (200, 2.56e-9),
  ])
  func `plateau takes a fifth every six epochs after the first, while that changes anything`(
    epoch: Int, expected: Double
  ) {
    expect(LearningRateSchedule(.plateau).rate(epoch: epoch), near: expected)
  }

  private func expect(_ rate: Double, near expected: Double) {
    #expect(abs(rate - expected) <= 1e-4 * expected + 1e-18, "\(rate), not \(expected)")
  }
}

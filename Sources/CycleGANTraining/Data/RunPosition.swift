/// How far a run is.
struct RunPosition: Equatable {
  /// Steps done.
  var step = 0
  /// The epoch the next step belongs to, counted from 1.
  var epoch = 1
  /// The next step's place in its epoch, counted from 0.
  var place = 0

  /// Counts a step that is done.
  mutating func advance(_ order: DataOrder) {
    step += 1
    place += 1
    guard place == order.stepsPerEpoch else { return }
    epoch += 1
    place = 0
  }

  /// Images of each domain seen so far.
  func images(_ order: DataOrder) -> Int {
    (epoch - 1) * order.epochLength + min(place * order.batchSize, order.epochLength)
  }
}

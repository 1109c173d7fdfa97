import CycleGAN

/// How far a run is: what a checkpoint carries beside the state of the model and the tables.
///
/// The random states of pools and dropout belong to the model's state. The order of the images, their
/// crops and flips follow from the seed, the position and the rollback.
struct RunState: Equatable {
  /// Steps done, and the epoch of the next step and its index there.
  var position = RunPosition()
  /// What the health watch remembers.
  var health = HealthWatch()
  /// The last epoch that was validated; 0 for none.
  var validatedEpoch = 0
  /// The best of the validated epochs.
  var best: BestEpoch?
  /// Where the run left the order of images that its seed gives; nil if it was never rolled back.
  var rollback: DataOrder.Reshuffle?
}

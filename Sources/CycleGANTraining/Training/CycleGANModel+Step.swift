import CycleGAN

extension CycleGANModel {
  /// Learns from one batch of each domain, if everything it measured is finite.
  ///
  /// What optimizers and their moments make of the parameters shows in the measurement, too.
  ///
  /// - Parameters:
  ///   - realA: Frames; those of a batch have one size.
  ///   - realB: As many frames, likewise.
  ///   - batchSize: As for `measure`.
  /// - Returns: Losses and gradients before the update, parameters after it.
  /// - Throws: `TorchError` if the frames do not fit or the device is out of memory.
  public func step(
    realA: [Frame], realB: [Frame], batchSize: Int? = nil
  ) throws(TorchError) -> StepMeasurement {
    var measurement = try measure(realA: realA, realB: realB, batchSize: batchSize)
    if measurement.trouble == nil { try learn(from: measurement) }
    measurement.parameterNorms = try parameterNorms()
    return measurement
  }

  /// Finds the losses of one batch of each domain and all their gradients, and changes no parameter.
  ///
  /// The fakes that the discriminators are shown are those of the generators before their update,
  /// as in the official code, so that both optimizers may wait until all has been measured.
  ///
  /// - Parameters:
  ///   - realA: Frames; those of a batch have one size.
  ///   - realB: As many frames, likewise.
  ///   - batchSize: How many of them go through the networks at a time, the last few aside; all of
  ///     them unless given. Losses and gradients are the means over all images.
  /// - Returns: What `learn(from:)` would learn from.
  /// - Throws: `TorchError` if the frames do not fit or the device is out of memory.
  ///
  /// Source: `optimize_parameters` in the official cycle_gan_model.py.
  public func measure(
    realA: [Frame], realB: [Frame], batchSize: Int? = nil
  ) throws(TorchError) -> StepMeasurement {
    try generatorOptimizer.clearGradients()
    try discriminatorOptimizer.clearGradients()
    var means: [Tensor] = []
    for batch in realA.indices.split(into: batchSize ?? realA.count) {
      let losses = try addGradients(
        realA: Tensor(Array(realA[batch]), device: device),
        realB: Tensor(Array(realB[batch]), device: device),
        share: Double(batch.count) / Double(realA.count))
      for (i, loss) in losses.enumerated() {
        if means.count == i { means.append(loss) } else { means[i] = try means[i] + loss }
      }
    }
    return try measured(means)
  }

  /// Adds the gradients of one batch to those of the batches before it.
  ///
  /// - Parameters:
  ///   - realA: `[N, C, H, W] Float32 in -1...1`.
  ///   - realB: As many images.
  ///   - share: How much the batch counts, above 0 and at most 1.
  /// - Returns: The eight losses times the share, in the order of `Losses.names`.
  /// - Throws: `TorchError` if the images do not fit or the device is out of memory.
  private func addGradients(
    realA: Tensor, realB: Tensor, share: Double
  ) throws(TorchError) -> [Tensor] {
    let images = try translations(realA: realA, realB: realB)
    let generators = try generatorGradients(images, share: share)
    let discriminators = try discriminatorGradients(images, share: share)
    var losses: [Tensor] = []
    for loss in discriminators + generators { losses.append(try loss.detached() * share) }
    return losses
  }

  /// Moves all networks against the gradients that `measure` found, and the means of the generators
  /// after them.
  ///
  /// - Parameter measurement: What `measure` gave; the gradients are shortened by it where they have
  ///   a limit.
  /// - Throws: `TorchError` if the device fails.
  public func learn(from measurement: StepMeasurement) throws(TorchError) {
    if let limit = options.gradientLimit {
      try generatorOptimizer.clipGradients(
        to: limit, length: measurement.gradientNorm(of: [.generatorAB, .generatorBA]))
      try discriminatorOptimizer.clipGradients(
        to: limit, length: measurement.gradientNorm(of: [.discriminatorA, .discriminatorB]))
    }
    try generatorOptimizer.step(rate: learningRate)
    try discriminatorOptimizer.step(rate: learningRate)
    try averages?.follow(
      (generatorAB, generatorBA), steps: generatorOptimizer.steps.max() ?? 0)
  }
}

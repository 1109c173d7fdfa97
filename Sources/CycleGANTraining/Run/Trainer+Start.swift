import CycleGAN

extension Trainer {
  /// The newest checkpoint of this run, if it is one with the same options.
  func findCheckpoint() throws(TrainingError) -> Checkpoint? {
    guard let checkpoint = try Checkpoint.newest(in: directory, warn: hooks.warn) else {
      guard let remains = directory.remains() else { return nil }
      throw .directory(
        "\(remains) is there, but no checkpoint to go on from; choose another -o, or remove it")
    }
    for note in try configuration.compared(with: checkpoint.configuration) { hooks.note(note) }
    return checkpoint
  }

  func makeModel() throws(TrainingError) -> CycleGANModel {
    do {
      try Device.setThreads(options.threads)
      return try CycleGANModel(
        options.model, device: Device(options.device),
        random: RandomSource(seed: options.seed).stream(Purpose.model))
    } catch {
      throw .torch(error)
    }
  }

  /// Goes on from a checkpoint, or begins.
  func start(_ model: CycleGANModel, _ checkpoint: Checkpoint?) throws(TrainingError) {
    guard let checkpoint else {
      if !options.initialWeights.isEmpty {
        try load(InitialWeights(options.initialWeights), into: model)
      }
      return
    }
    try restore(model, checkpoint)
    if (1..<totalSteps).contains(position.step) {
      hooks.note("going on after step \(position.step) of \(totalSteps)")
    }
  }

  /// Makes model, position and order those of a checkpoint.
  func restore(_ model: CycleGANModel, _ checkpoint: Checkpoint) throws(TrainingError) {
    do {
      try model.restore(checkpoint.state)
    } catch {
      throw .directory("\(directory.checkpoint(step: checkpoint.position.step)): \(error)")
    }
    position = checkpoint.position
    data.order.detour = checkpoint.detour
    health = checkpoint.health
    validatedEpoch = checkpoint.validatedEpoch
    best = configuration.hasHeldOut(of: checkpoint.configuration) ? checkpoint.best : nil
  }

  private func load(_ weights: InitialWeights, into model: CycleGANModel) throws(TrainingError) {
    for role in NetworkRole.allCases {
      guard let network = weights.networks[role] else {
        hooks.note("no weights for \(role.rawValue) were given, so it begins untrained")
        continue
      }
      do {
        try model.load(network, into: role)
      } catch {
        let reason = options.model.misfit(network, role, error)
        throw .images("\(weights.names[role] ?? role.rawValue): \(reason)")
      }
    }
  }

  func makeValidation(_ model: CycleGANModel) throws(TrainingError) -> Validation? {
    guard let heldOut else { return nil }
    return try Validation(heldOut, options, device: model.device, warn: hooks.warn)
  }

  /// The first images of both domains that can be used, which every grid shows.
  func sampleGrid() throws(TrainingError) -> SampleGrid {
    SampleGrid(realA: try data.fixed(.A, 0), realB: try data.fixed(.B, 0))
  }
}

extension ModelOptions {
  /// Why a network cannot be what the options ask for, in their words where these tell it.
  fileprivate func misfit(_ weights: WeightsFile, _ role: NetworkRole, _ error: Error) -> String {
    guard case WeightsError.differences = error else { return "\(error)" }
    let found: RecognizedNetwork
    do throws(WeightsError) { found = try RecognizedNetwork(weights) } catch {
      return error.pointsWithHints().joined(separator: "; ")
    }
    guard found.isGenerator == role.isGenerator else {
      return "this is a \(found.kind), not \(role.rawValue)"
    }
    var words = found.metadata
    // Of a U-Net nothing tells whether it had dropout, and it fits either way.
    if words["netG"]?.hasPrefix("unet") ?? false { words["dropout"] = nil }
    let points = metadata(of: role).sorted { $0.key < $1.key }.compactMap { key, value in
      guard let word = words[key], word != value else { return nil as String? }
      return "\(key) is \(word) there, \(value) by the options"
    }
    return points.isEmpty ? "\(error)" : points.joined(separator: "; ")
  }
}

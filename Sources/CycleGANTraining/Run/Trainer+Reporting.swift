import CycleGAN

extension Trainer {
  /// Tells the log and the tool about a step.
  func report(
    _ before: RunPosition, _ losses: Losses, _ session: Session
  ) throws(TrainingError) {
    reports.count(images: data.order.batchSize)
    let progress = TrainingProgress(
      place: place, firstStep: firstStep, losses: losses, pace: reports.pace)
    let (first, images) = (before.images(data.order), position.images(data.order))
    if images / options.logEvery > first / options.logEvery {
      try session.tables.append(
        (position.step, before.epoch, images), learningRate: session.model.learningRate, losses,
        health.takeUnlogged())
      reports.logged(progress, learningRate: session.model.learningRate)
    }
    reports.writePageIfDue(place)
    hooks.progress(progress)
  }

  /// Names each bad image once, and ends the run when there are too many.
  func reportBadImages() throws(TrainingError) {
    for (domain, images) in [("A", data.imagesA), ("B", data.imagesB)] {
      let failures = images.failures
      for (index, reason) in failures.sorted(by: { $0.key < $1.key }) {
        warnOnce("\(images.name(index)): \(reason)", "skipped")
      }
      let share = options.maximumBad * Double(images.count)
      // One bad image in a small set is not yet a sign that something else is wrong.
      let allowed = options.maximumBad > 0 ? max(1, Int(min(share, 1e9))) : 0
      guard failures.count <= allowed else {
        throw .tooManyBad(
          "\(failures.count) of \(images.count) images of \(domain) cannot be used, more than "
            + "\(allowed); see --max-bad")
      }
    }
  }

  /// Names each image without contrast once.
  func reportFlatImages() {
    for images in [data.imagesA, data.imagesB] {
      for index in images.flatImages.sorted() {
        warnOnce(
          "\(images.name(index)): all pixels have one colour",
          "such images can make losses that are not numbers")
      }
    }
  }

  /// Says what is wrong with an image, and what follows, if it was not said before.
  private func warnOnce(_ line: String, _ consequence: String) {
    if warned.insert(line).inserted { hooks.warn("\(line); \(consequence)") }
  }
}

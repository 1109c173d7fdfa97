import CycleGAN
import CycleGANTraining
import Glibc

/// The images that a run trains on, and those that it is validated on.
struct RunImages {
  /// Domain A and domain B.
  let training: (A: TrainingImages, B: TrainingImages)
  /// Nil for no validation.
  let heldOut: HeldOutImages?

  /// All sets, by what they are.
  var all: [(name: String, images: TrainingImages)] {
    let trained = [("images of A", training.A), ("images of B", training.B)]
    guard let heldOut else { return trained }
    let validated = [
      ("held-out images of A", heldOut.imagesA), ("held-out images of B", heldOut.imagesB),
    ]
    return trained + validated
      + (heldOut.reference.map { [("images of the ground truth", $0)] } ?? [])
  }

  /// Finds all images.
  ///
  /// - Parameters:
  ///   - command: Where they are.
  ///   - options: How many are taken, and which is which.
  ///   - diagnostics: Told what was skipped.
  /// - Throws: `TrainingError` if some are missing.
  init(
    _ command: Train, _ options: TrainingOptions, _ diagnostics: Diagnostics
  ) throws(TrainingError) {
    let (isQuiet, isVerbose) = (command.output.quiet, command.output.verbose)
    var gathering = ImageGathering(
      decoding: command.limits.decoding, diagnostics: diagnostics,
      verbosity: isQuiet ? .quiet : isVerbose ? .verbose : .normal)
    gathering.patience.stops = { Interrupts.wantsStop }
    let run = FilePath(command.output.output).resolved
    gathering.isLeftOut = { folder in
      guard !RunDirectory.isRun(folder) else { return true }
      // Also where links lead into this run, or its checkpoints are gone.
      guard let run, let folder = folder.resolved else { return false }
      return folder == run || folder.bytes.starts(with: run.bytes + [UInt8(ascii: "/")])
    }
    let cache = ImageCache(maximumBytes: command.memory.maximumBytes)
    func images(_ operand: String, _ count: Int?) throws(TrainingError) -> TrainingImages {
      var gathering = gathering
      gathering.maximumCount = count ?? .max
      return try gathering.images(of: operand, cache: cache)
    }
    func pair(
      _ operands: (String, String), _ count: Int?
    ) throws(TrainingError) -> (A: TrainingImages, B: TrainingImages) {
      let (a, b) = options.isReversed ? (operands.1, operands.0) : operands
      return (A: try images(a, count), B: try images(b, count))
    }
    training = try pair(command.inputs.operands, options.maximumCount)
    func warn(_ warning: String) {
      if !isQuiet { diagnostics.say("warning: \(warning)") }
    }
    for warning in Self.warnings(training) { warn(warning) }
    let validation = command.validation
    guard let operands = validation.operands(dataroot: command.inputs.dataroot) else {
      heldOut = nil
      return
    }
    let (a, b) = try pair(operands, nil)
    let reference = try validation.valTruth.map { operand throws(TrainingError) in
      try images(operand, nil)
    }
    heldOut = try HeldOutImages(a, b, reference: reference, maximumCount: validation.valCount)
    let count = min(a.count, b.count, validation.valCount)
    if (1..<Self.fewestHeldOut).contains(count) {
      warn(
        "\(count) held-out images of a domain: the kernel distance says little below "
          + "\(Self.fewestHeldOut)")
    }
  }

  /// Held-out images below which the kernel distance is mostly noise.
  private static let fewestHeldOut = 20

  /// What a person may not have meant.
  private static func warnings(_ images: (A: TrainingImages, B: TrainingImages)) -> [String] {
    var warnings: [String] = []
    if images.A.count == images.B.count, images.A.fingerprint == images.B.fingerprint {
      warnings.append("A and B are the same images; there is nothing to translate")
    }
    for (name, count) in [("A", images.A.count), ("B", images.B.count)] where count == 1 {
      warnings.append("there is 1 image of \(name); a domain is learned from hundreds")
    }
    return warnings
  }
}

extension FilePath {
  /// The path from the root on, without links; nil if nothing is there.
  fileprivate var resolved: FilePath? {
    guard let path = withCString({ realpath($0, nil) }) else { return nil }
    defer { free(path) }
    return FilePath(
      bytes: UnsafeBufferPointer(start: path, count: strlen(path)).map(UInt8.init(bitPattern:)))
  }
}

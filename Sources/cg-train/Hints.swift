import CycleGANTraining

extension TrainingError {
  /// The lines for standard error, with the option that helps.
  var linesWithHint: [String] {
    guard let hint, let last = lines.last else { return lines }
    return lines.dropLast() + ["\(last); \(hint)"]
  }

  private var hint: String? {
    switch self {
    case .directory: "choose another -o, or remove or restore the file"
    case .changed: "or use another -o, and --init-from RUN to start from this run's weights"
    case .misfits: "without these options the networks are those of the files"
    case .torch(let error) where error.kind == .unavailable:
      "see --device; for others build with another LibTorch, LIBTORCH=/path/to/libtorch make"
    case .tooManyBad: "see --max-bad"
    case .outOfMemory: "free memory, or raise its limit (ulimit -v)"
    case .notFinite: "try a smaller --lr in another run, or look at these images"
    default: nil
    }
  }
}

extension Alarm {
  /// The options that help.
  var hint: String {
    switch kind {
    case .tooStrong:
      "use a weaker one (--n-layers-D 2, --ndf 32), more images, or "
        + "--diff-augment color,translation,cutout"
    case .dead, .saturation: "start a new run with another --seed or a smaller --lr"
    case .modeCollapse: "return to an older checkpoint, or start a new run with another --seed"
    case .colorInversion:
      "use identity losses at least in the first epochs (--identity-warmup), or a smaller --init-gain"
    case .identity: "use a smaller --lambda-identity"
    }
  }
}

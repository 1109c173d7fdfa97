/// Options of the official train.py that have another name here, or no meaning.
enum OfficialWords {
  private static let advice = [
    "continue-train": "the same command resumes by itself; leave it out",
    "epoch-count": "the same command resumes at the right epoch by itself; leave it out",
    "epoch": "the newest checkpoint is used; use --init-from RUN to start from given weights",
    "load-iter": "the newest checkpoint is used; use --init-from RUN to start from given weights",
    "name": "-o RUN is the run's folder",
    "checkpoints-dir": "-o RUN is the run's folder",
    "model": "only CycleGAN is implemented",
    "dataset-mode": "images are unpaired; other modes are not implemented",
    "phase": "-A and -B, or --dataroot D for D/trainA and D/trainB, say which images",
    "gpu-ids": "--device says where, for example --device cuda:0",
    "save-by-iter": "--keep says how many checkpoints stay",
    "display-freq": "samples are drawn at every checkpoint, see --save-latest-freq",
    "update-html-freq": "index.html is written at every checkpoint and every half minute",
    "no-html": "index.html is always written; nothing depends on it",
    "use-wandb": "there is no Weights & Biases; TensorBoard reads the run's folder",
  ]

  /// Looks for official words.
  ///
  /// - Parameter arguments: What follows the tool's name.
  /// - Returns: One line for standard error; nil if there is nothing to say.
  static func advice(_ arguments: some Sequence<String>) -> String? {
    for argument in arguments.prefix(while: { $0 != "--" }) where argument.hasPrefix("--") {
      let word = argument.dropFirst(2).prefix { $0 != "=" }
      let hyphenated = String(word.map { $0 == "_" ? "-" : $0 })
      if let text = advice[hyphenated] { return "--\(hyphenated) has no meaning here: \(text)" }
      if word.contains("_") {
        return "options are written with hyphens here: --\(hyphenated), not --\(escapedWord(word))"
      }
    }
    return nil
  }

  private static func escapedWord(_ word: Substring) -> String {
    String(word.unicodeScalars.map { $0.value < 0x20 ? "?" : Character($0) })
  }
}

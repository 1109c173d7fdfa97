import ArgumentParser

/// Options of the official code that have another name here, or no meaning.
package enum OfficialWords {
  /// What is to be said in the tools that read images and write images.
  package static let filters = shared.merging([
    "gpu-ids": "the filters run on the processor; -t says on how many threads",
    "name": "-w FILE names the weights",
    "checkpoints-dir": "-w FILE names the weights",
    "epoch": "-w FILE names the weights, such as those of a checkpoint",
    "load-iter": "-w FILE names the weights, such as those of a checkpoint",
    "results-dir": "-o FOLDER/ says where the images go",
    "dataroot": "the images and folders are named without an option",
    "phase": "the images and folders are named without an option",
    "num-test": "all images that are named are read",
    "max-dataset-size": "all images that are named are read",
    "dataset-mode": "every input is an image of its own",
    "batch-size": "images are translated one by one",
    "num-threads": "-j LOAD:SAVE says how many threads decode and encode",
    "aspect-ratio": "every image keeps its own size",
    "load-size": "cg-prep --preprocess MODE --load-size N resizes",
    "crop-size": "cg-prep --preprocess MODE --crop-size N crops",
    "no-flip": "nothing is flipped unless cg-prep --flip says so",
    "model-suffix": "-w FILE names the weights",
    "serial-batches": "images keep their order",
    "init-type": "the weights come from -w FILE",
    "init-gain": "the weights come from -w FILE",
  ]) { $1 }

  /// What is to be said in all tools.
  package static let shared = [
    "model": "only CycleGAN is implemented",
    "display-id": "there is no visdom; cg-train writes index.html and events for TensorBoard",
    "display-server": "there is no visdom; cg-train writes index.html and events for TensorBoard",
    "display-env": "there is no visdom; cg-train writes index.html and events for TensorBoard",
    "display-port": "there is no visdom; cg-train writes index.html and events for TensorBoard",
    "display-ncols": "there is no visdom; cg-train writes index.html and events for TensorBoard",
    "display-winsize": "there is no visdom; cg-train writes index.html and events for TensorBoard",
    "use-wandb": "there is no Weights & Biases; TensorBoard reads the run's folder",
    "wandb-project-name": "there is no Weights & Biases; TensorBoard reads the run's folder",
    "suffix": "-o names the output",
  ]

  /// Looks for official words.
  ///
  /// - Parameters:
  ///   - arguments: What follows the tool's name.
  ///   - words: What is to be said, by the option's word with hyphens.
  ///   - command: The tool.
  /// - Returns: One line for standard error; nil if there is nothing to say.
  static func advice<Command: ParsableCommand>(
    _ arguments: some Sequence<String>, _ words: [String: String], _ command: Command.Type
  ) -> String? {
    for argument in arguments.prefix(while: { $0 != "--" }) where argument.hasPrefix("--") {
      let word = argument.dropFirst(2).prefix { $0 != "=" }
      let hyphenated = String(word.map { $0 == "_" ? "-" : $0 })
      guard word.contains("_") || words[hyphenated] != nil else { continue }
      if command.knows("--" + hyphenated) {
        guard word.contains("_") else { continue }
        return "options are written with hyphens here: --\(hyphenated), not --\(shown(word))"
      }
      if let text = words[hyphenated] { return "--\(shown(word)) has no meaning here: \(text)" }
    }
    return nil
  }

  private static func shown(_ word: Substring) -> String {
    escaped(Array(word.utf8))
  }
}

extension ParsableCommand {
  /// Whether the help names an option.
  fileprivate static func knows(_ option: String) -> Bool {
    helpMessage(includeHidden: true).split { !$0.isLetter && !$0.isNumber && $0 != "-" }
      .contains { $0 == option }
  }
}

import ArgumentParser

/// Options that people know from the official code, Real-ESRGAN and rembg, and what plays their part.
package enum OfficialWords {
  /// What is to be said in the tools that read images and write images.
  package static let filters = shared.merging([
    "gpu-ids": processor, "gpu-id": processor, "gpu": processor, "g": processor,
    "device": processor, "fp16": processor, "half": processor, "fp32": processor,
    "model": weights, "model-name": weights, "model-path": weights, "m": weights,
    "name": weights, "checkpoints-dir": weights, "model-suffix": weights,
    "epoch": weights + ", such as those of a checkpoint",
    "load-iter": weights + ", such as those of a checkpoint",
    "which-epoch": weights + ", such as those of a checkpoint",
    "which-model-netG": "--netG says it, where the weights do not",
    "which-direction": "--direction says it",
    "results-dir": "-o FOLDER/ says where the images go",
    "out-dir": "-o FOLDER/ says where the images go",
    "outdir": "-o FOLDER/ says where the images go",
    "ext": "--format says in which format images are written",
    "dataroot": operands, "phase": operands, "input": operands, "i": operands,
    "num-test": "all images that are named are read",
    "how-many": "all images that are named are read",
    "max-dataset-size": "all images that are named are read",
    "dataset-mode": "every input is an image of its own",
    "batch-size": "images are translated one by one",
    "num-threads": "-j LOAD:SAVE says how many threads decode and encode",
    "nThreads": "-j LOAD:SAVE says how many threads decode and encode",
    "aspect-ratio": "every image keeps its own size",
    "load-size": "cg-prep --preprocess MODE --load-size N resizes",
    "loadSize": "cg-prep --preprocess MODE --load-size N resizes",
    "crop-size": "cg-prep --preprocess MODE --crop-size N crops",
    "fineSize": "cg-prep --preprocess MODE --crop-size N crops",
    "resize-or-crop": "cg-prep --preprocess MODE resizes and crops",
    "no-flip": "nothing is flipped unless cg-prep --flip says so",
    "serial-batches": "images keep their order",
    "init-type": weights, "init-gain": weights,
    "tile": whole, "tile-size": whole, "tile-pad": whole, "pre-pad": whole,
    "s": size, "scale": size, "outscale": size,
    "x": "there is no test-time augmentation", "tta": "there is no test-time augmentation",
    "r": "folders are read with all that is in them",
    "recursive": "folders are read with all that is in them",
    "suffix":
      "-o names the output; --output-template '{dir}/{stem}_B.{ext}' adds to names in a folder",
    "face-enhance": "faces are treated as the rest of an image is",
    "only-mask": "nothing is cut out; -w FILE says what is made of an image",
    "alpha-matting": "nothing is cut out; -w FILE says what is made of an image",
  ]) { $1 }

  private static let processor = "the filters run on the processor; -t says on how many threads"
  private static let weights = "-w FILE of cg-apply and cg-cycle names the weights"
  private static let operands = "the images and folders are named without an option"
  private static let whole = "every image is translated as a whole"
  private static let size =
    "a generator keeps the size of an image; cg-prep --resize or --scale-width changes it"

  /// What is to be said in all tools.
  package static let shared = [
    "V": "--version prints the version",
    "gpu-ids": "this tool runs on the processor", "gpu-id": "this tool runs on the processor",
    "gpu": "this tool runs on the processor", "g": "this tool runs on the processor",
    "display-id": visdom, "display-server": visdom, "display-env": visdom, "display-port": visdom,
    "display-ncols": visdom, "display-winsize": visdom, "display-single-pane-ncols": visdom,
    "use-wandb": "there is no Weights & Biases; TensorBoard reads the run's folder",
    "wandb-project-name": "there is no Weights & Biases; TensorBoard reads the run's folder",
  ]

  /// What is to be said in the tool that reads weights.
  package static let files = shared.merging([
    "model": named, "m": named, "name": named, "i": named, "input": named, "w": named,
    "weights": named,
  ]) { $1 }

  private static let named = "the files are named without an option"
  private static let visdom =
    "there is no visdom; cg-train writes index.html and events for TensorBoard"

  /// Looks for words that the tool does not have.
  ///
  /// - Parameters:
  ///   - arguments: What follows the tool's name.
  ///   - words: What is to be said, by the option's word with hyphens, or its letter.
  ///   - command: The tool.
  /// - Returns: One line for standard error; nil if there is nothing to say.
  static func advice<Command: ParsableCommand>(
    _ arguments: [String], _ words: [String: String], _ command: Command.Type
  ) -> String? {
    let written = arguments.prefix { $0 != "--" }
    for (i, argument) in written.enumerated() where argument.hasPrefix("-") {
      if let word = formatWord(written[i...]), let table = OptionTable(of: command, arguments),
        table.has("-f"), table.has("--format")
      {
        return "-f is --force here and takes no value: --format \(word) chooses the format"
      }
      let hyphens = argument.hasPrefix("--") ? "--" : "-"
      let word = argument.dropFirst(hyphens.count).prefix { $0 != "=" }
      guard hyphens == "--" || word.count == 1 else { continue }
      let hyphenated = String(word.map { $0 == "_" ? "-" : $0 })
      guard word.contains("_") || words[hyphenated] != nil,
        let table = OptionTable(of: command, arguments)
      else { continue }
      if table.has(hyphens + hyphenated) {
        guard word.contains("_") else { continue }
        return "options are written with hyphens here: --\(hyphenated), not --\(shown(word))"
      }
      if let text = words[hyphenated] {
        return "\(hyphens)\(shown(word)) has no meaning here: \(text)"
      }
    }
    return nil
  }

  /// The word of `-f png`, which chooses a format in other tools; nil where it is a file.
  private static func formatWord(_ arguments: ArraySlice<String>) -> String? {
    guard arguments.first == "-f", let word = arguments.dropFirst().first,
      ImageFormat(fileExtension: word) != nil
        || ["npy", "pth", "safetensors", "onnx"].contains(word),
      !FilePath(word).exists
    else { return nil }
    return word
  }

  private static func shown(_ word: Substring) -> String {
    escaped(Array(word.utf8))
  }
}

import ArgumentParser
import CycleGAN
import CycleGANTraining

/// Where the images are and what happens to them before the networks see them.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customShort("A"),
    help: ArgumentHelp(
      "Images of domain A: a folder, @LIST of paths, a tensor stream, a FIFO, or - for stdin.",
      valueName: "images"))
  var imagesA: String?

  @Option(
    name: .customShort("B"), help: ArgumentHelp("Images of domain B.", valueName: "images"))
  var imagesB: String?

  @Option(help: ArgumentHelp("The same as -A D/trainA -B D/trainB.", valueName: "d"))
  var dataroot: String?

  @Option(help: "BtoA takes the images of A as B and those of B as A.")
  var direction = Word<DirectionWord>(.forwards)

  @Option(help: "How images get their size.")
  var preprocess = Word<Preprocessing.Mode>(.resizeAndCrop)

  @Option(help: ArgumentHelp("Resize to this size.", valueName: "px"))
  var loadSize = 286

  @Option(help: ArgumentHelp("Then cut out a square of this size.", valueName: "px"))
  var cropSize = 256

  @Flag(inversion: .prefixedNo, help: "Mirror half of the images, chosen at random.")
  var flip = true

  @Flag(help: "Take images in order, B too, and not at random.")
  var serialBatches = false

  @Option(help: ArgumentHelp("Images of each domain in a step.", valueName: "n"))
  var batchSize = 1

  @Option(help: ArgumentHelp("Take the first n images of a domain only.", valueName: "n"))
  var maxDatasetSize: Int?

  @Option(help: ArgumentHelp("Threads that decode images.", valueName: "n"))
  var numThreads = 4

  func validate() throws {
    if dataroot != nil {
      guard imagesA == nil, imagesB == nil else {
        throw ValidationError("--dataroot D means -A D/trainA -B D/trainB; leave -A and -B out")
      }
      return
    }
    guard let imagesA, let imagesB, !imagesA.isEmpty, !imagesB.isEmpty else {
      throw ValidationError("say where the images are: -A and -B, or --dataroot")
    }
    guard !(imagesA.isStandardInput && imagesB.isStandardInput) else {
      throw ValidationError("only one of -A and -B can come from stdin")
    }
  }

  /// Where the images of A and of B are.
  var operands: (String, String) {
    if let dataroot {
      let root = FilePath(dataroot)
      return (root.appending("trainA").string, root.appending("trainB").string)
    }
    return (imagesA ?? "", imagesB ?? "")
  }

  func apply(to options: inout TrainingOptions) {
    options.isReversed = direction.value == .backwards
    options.preprocessing.mode = preprocess.value
    // Sizes below 1 are refused by name before an image is read.
    options.preprocessing.loadSize = loadSize
    options.preprocessing.cropSize = cropSize
    options.preprocessing.flips = flip
    options.serialBatches = serialBatches
    options.batchSize = batchSize
    options.maximumCount = maxDatasetSize
    options.loadingThreads = numThreads
  }
}

extension String {
  fileprivate var isStandardInput: Bool { self == "-" || self == "@-" }
}

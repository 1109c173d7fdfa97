import ArgumentParser
import CycleGAN

/// Where the images of both domains are.
struct ImageOptions: ParsableArguments {
  @Option(
    name: .customShort("A"),
    help: ArgumentHelp(
      "Images of domain A: a folder, @LIST of paths, a tensor stream, a FIFO, or - for stdin.",
      valueName: "images"),
    completion: .file())
  var imagesA: String?

  @Option(
    name: .customShort("B"), help: ArgumentHelp("Images of domain B.", valueName: "images"),
    completion: .file())
  var imagesB: String?

  @Option(
    help: ArgumentHelp("Data set folder: the same as -A D/trainA -B D/trainB.", valueName: "d"),
    completion: .directory)
  var dataroot: String?

  func validate() throws {
    if dataroot != nil {
      guard imagesA == nil, imagesB == nil else {
        throw ValidationError("--dataroot D means -A D/trainA -B D/trainB; leave -A and -B out")
      }
      return
    }
    // A run that is resumed knows where its images are.
    guard areNamed else { return }
    guard let imagesA, let imagesB, !imagesA.isEmpty, !imagesB.isEmpty else {
      throw ValidationError("say where the images are: -A and -B, or --dataroot")
    }
    guard !(imagesA.isStandardInput && imagesB.isStandardInput) else {
      throw ValidationError("only one of -A and -B can come from stdin")
    }
  }

  /// Whether any images are named.
  var areNamed: Bool { dataroot != nil || imagesA != nil || imagesB != nil }

  /// Where the images of A and of B are.
  var operands: (String, String) {
    if let dataroot {
      let root = FilePath(dataroot)
      return (root.appending("trainA").string, root.appending("trainB").string)
    }
    return (imagesA ?? "", imagesB ?? "")
  }
}

extension String {
  fileprivate var isStandardInput: Bool { self == "-" || self == "@-" }
}

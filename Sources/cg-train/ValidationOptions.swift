import ArgumentParser
import CycleGAN
import CycleGANTraining

/// The held-out images that every epoch is validated on.
struct ValidationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Held-out images of A. (default: D/testA of --dataroot D)", valueName: "images"),
    completion: .file())
  var valA: String?

  @Option(
    help: ArgumentHelp(
      "Held-out images of B. (default: D/testB of --dataroot D)", valueName: "images"),
    completion: .file())
  var valB: String?

  @Option(
    help: ArgumentHelp(
      "Paired ground truth: the images of --val-a in domain B, under the same names.",
      valueName: "images"),
    completion: .file())
  var valTruth: String?

  @Option(
    help: ArgumentHelp(
      "Held-out images to use of each domain; 0 turns validation off.", valueName: "n")
  )
  var valCount = 50

  func validate() throws {
    guard (valA == nil) == (valB == nil) else {
      throw ValidationError("--val-a and --val-b go together")
    }
    guard ![valA, valB, valTruth].contains("-"), ![valA, valB, valTruth].contains("@-") else {
      throw ValidationError("held-out images cannot come from stdin")
    }
    guard valCount >= 0 else {
      throw ValidationError("--val-count must be at least 0, not \(valCount)")
    }
  }

  /// Where held-out images of A and of B are; nil where there are none.
  ///
  /// - Parameter dataroot: The official folder of four.
  /// - Returns: Operands like those of -A and -B.
  func operands(dataroot: String?) -> (String, String)? {
    guard valCount > 0 else { return nil }
    if let valA, let valB { return (valA, valB) }
    guard let root = dataroot.map({ FilePath($0) }) else { return nil }
    let folders = (root.appending("testA"), root.appending("testB"))
    guard Folder.isFolder(folders.0), Folder.isFolder(folders.1) else { return nil }
    return (folders.0.string, folders.1.string)
  }
}

import ArgumentParser
import CycleGAN

/// Turns images into a tensor stream: decodes, orients, resizes, crops.
@main
struct Prep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cg-prep",
    abstract: "Turn images into a tensor stream: decode, orient, resize, crop.",
    usage: "cg-prep [OPTION]... [INPUT]...",
    discussion: """
      cg-prep --resize 256 photos | cg-apply -w gen_AB.bin -o out/
      find photos -name '*.jpg' | cg-prep --scale-width 512 > photos.npys
      cg-prep --preprocess resize_and_crop --load-size 286 photos > A.npys
      cg-prep --crop 256 --crop-at center -o small/ photos
      cg-prep --resize 64x64 -o icon.png photo.jpg

      Inputs are images, folders and tensor streams; standard input is a stream, an image, or a list \
      of paths, as its first bytes say. Without -o a stream goes to standard output. See cg-prep(1).
      """,
    version: ToolVersion.text("cg-prep"))

  @OptionGroup(title: "Size and crop") var sizing: SizingOptions
  @OptionGroup(title: "Preprocessing of the official code") var official: OfficialOptions
  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Messages") var report: ReportOptions
  @OptionGroup(title: "Threads") var threads: ThreadOptions

  static func main() { Tool.main(Prep.self) }

  func validate() throws {
    guard official.preprocess == nil || !sizing.isGiven else {
      throw ValidationError(
        "--preprocess sets size and crop; leave out --resize, --scale-width and --crop")
    }
    guard official.preprocess != nil || !official.isGiven else {
      throw ValidationError("--load-size and --crop-size go with --preprocess")
    }
    guard !sizing.fast || preparation.resizes else {
      throw ValidationError("--fast needs a size to shrink to")
    }
  }

  func run() throws {
    let preparation = preparation
    let run = FilterRun(
      tool: "cg-prep", input, report, threads, resizing: preparation.resizing,
      shrinksFirst: sizing.fast,
      takesAnyRange: true)
    try run.run(to: output, loading: { frame, index in try preparation(frame, index) })
  }

  private var preparation: Preparation {
    var preparation = sizing.preparation
    preparation.official = official.preprocessing(flips: sizing.flip)
    preparation.maximumPixels = input.selection.decoding.maximumPixels
    return preparation
  }
}

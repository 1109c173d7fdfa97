import ArgumentParser
import CycleGAN

/// Tells what is in files.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what is in weights files and checkpoints.",
    discussion: """
      cg-weights show gen_AB.bin
      cg-weights show run/*.bin | grep -E 'netG|steps'
      cg-weights show --verbose gen_AB.bin | grep conv_block
      cg-weights show --json run/*.bin | jq -r '[.file, .netG, .metadata.steps] | @tsv'

      The architecture is told in the words of the official options.
      """)

  @Flag(name: .shortAndLong, help: "List every tensor: type, shape, least, largest, mean.")
  var verbose = false

  @Flag(help: "Print a JSON object a line for each file.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Of several networks the one under this key, or whose names begin with it.",
      valueName: "name"))
  var entry: String?

  @OptionGroup var operands: Operands

  func run() throws {
    var isFirst = true
    try operands.forEach { path throws(ToolError) in
      let file = try ReadFile(path, entry: entry)
      guard !json else {
        try StandardOutput.write(file.json(verbose: verbose).text + "\n")
        return
      }
      let listing = Listing(file, verbose: verbose)
      try StandardOutput.write((isFirst ? "" : "\n") + listing.text)
      isFirst = false
    }
  }
}

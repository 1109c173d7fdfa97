import Testing

/// What is said of words with a hyphen in front that are no options.
@Suite struct UnknownOptionTests {
  /// Every tool, without anything it cannot do without.
  static let tools =
    ["cg-prep", "cg-apply", "cg-cycle", "cg-weights show"]
    + (Shell.hasTrainer ? ["cg-train"] : [])

  let shell: Shell

  init() throws { shell = try Shell() }

  @Test(arguments: tools)
  func `an unknown option is named before what is missing, and suggestions are near`(
    tool: String
  ) throws {
    let name = tool.prefix { $0 != " " }
    for word in ["--foo", "--gpux", "-Z", "-qZ", "--no-such=3"] {
      let outcome = try shell("\(tool) \(word) x")
      #expect(outcome.status == 64)
      let option = word.prefix { $0 != "=" }
      #expect(
        outcome.errors.hasPrefix("\(name): unknown option '\(option)'\nUsage:"),
        "\(outcome.errors)")
    }
  }

  @Test(arguments: [
    ("cg-apply --qualty 3 x", "--quality"), ("cg-apply --wieghts x", "--weights"),
    ("cg-prep --Resize 3 x", "--resize"), ("cg-prep --out o x", "--output"),
    ("cg-prep --thread 2 x", "--threads"), ("cg-cycle --max-pixel 9 x", "--max-pixels"),
    ("cg-weights show --entri x y", "--entry"), ("cg-prep --scale-widht 3 x", "--scale-width"),
  ])
  func `a slip of the pen is answered with the option`(command: String, option: String) throws {
    let outcome = try shell(command)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("Did you mean '\(option)'?\n"), "\(outcome.errors)")
  }

  @Test(arguments: [
    ("--gpu 0", "-t says on how many threads"), ("--gpu_ids 0", "-t says on how many threads"),
    ("-g 0", "-t says on how many threads"), ("--tile 4", "translated as a whole"),
    ("--tile_pad 4", "translated as a whole"), ("-i", "named without an option"),
    ("--input", "named without an option"), ("-f png", "--format png"), ("-f jpg", "--format jpg"),
    ("-s 2", "cg-prep --resize"), ("--outscale 2", "cg-prep --resize"),
    ("-m u2net", "-w FILE of cg-apply and cg-cycle names the weights"),
    ("--model u2net", "-w FILE"), ("--model-name x", "-w FILE"), ("-V", "--version"),
    ("--display_id 0", "no visdom"), ("--ext png", "--format"),
    ("--suffix _B", "--output-template"),
    ("-x", "test-time augmentation"), ("-r", "folders"), ("--loadSize 286", "--load-size"),
    ("--which_direction AtoB", "--direction"), ("--how_many 5", "all images"),
  ])
  func `options of other programs are answered with what plays their part`(
    word: String, part: String
  ) throws {
    let isSample = ["--gpu 0", "-i", "-V"].contains(word)
    for tool in ["cg-apply"] + (isSample ? ["cg-prep", "cg-cycle"] : []) {
      let outcome = try shell("\(tool) \(word) x")
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains(part), "\(tool): \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
  }

  @Test(arguments: [
    ("cg-weights -V", "--version"), ("cg-weights show -m x", "named without an option"),
    ("cg-weights show -i x", "named without an option"),
    ("cg-weights export -f onnx x", "--format onnx"),
  ])
  func `so are they in the tool for weights`(command: String, part: String) throws {
    let outcome = try shell(command)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  @Test(
    .enabled(if: Shell.hasTrainer, "this build leaves out cg-train"),
    arguments: [
      ("--gpu_ids 0", "--device"), ("--gpu 0", "--device"), ("-g 0", "--device"),
      ("-m cycle_gan", "only CycleGAN"), ("--model cycle_gan", "only CycleGAN"),
      ("-V", "--version"), ("-i x", "-A and -B"), ("--niter 9", "--n-epochs"),
      ("--niter_decay 9", "--n-epochs-decay"), ("--loadSize 286", "--load-size"),
      ("--which_model_netG x", "--netG"), ("--display_id 0", "no visdom"),
    ])
  func `so are they in cg-train`(word: String, part: String) throws {
    let outcome = try shell("cg-train \(word)")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  @Test(arguments: tools, ["-v.png", "--foo.jpg"])
  func `a file that is read as options is answered with how to name it`(
    tool: String, file: String
  ) throws {
    let outcome = try shell("touch ./\(file); \(tool) \(file)")
    #expect(outcome.status == 64)
    #expect(outcome.errors == advice(String(tool.prefix { $0 != " " }), file))
  }

  @Test(arguments: ["-foo.jpg", "-n.tar.png", "-dir/a.jpg", "-w.png"])
  func `so is a name of which there is no file here`(file: String) throws {
    let outcome = try shell("mkdir ./-dir; touch ./-w.png; cg-prep \(file)")
    #expect(outcome.status == 64)
    #expect(outcome.errors == advice("cg-prep", file))
  }

  private func advice(_ tool: String, _ file: String) -> String {
    """
    \(tool): \(file): a name that begins with a hyphen is read as options; write ./\(file), or -- in \
    front of the files

    """
  }

  @Test(arguments: ["-foo", "--photos", "-ä"])
  func `so is a file without a dot in its name`(file: String) throws {
    let outcome = try shell("touch ./\(file); cg-apply \(file)")
    #expect(outcome.status == 64)
    let way = "for the file write ./\(file), or -- in front of the files\n"
    #expect(
      outcome.errors.hasPrefix("cg-apply: unknown option '\(file)'; \(way)"), "\(outcome.errors)")
  }

  @Test func `both ways to name such a file work, and a value behind its letter is taken apart`()
    throws
  {
    try shell.makeImages(1, in: "p")
    let outcome = try shell(
      """
      cp p/0.ppm ./-v.ppm; cg-prep -o o/ ./-v.ppm; cg-prep -o o2/ -- -v.ppm
      cg-prep -o.x/y.png p/0.ppm || echo $?; cg-prep -oy.png p/0.ppm || echo $?
      """)
    #expect(outcome.output == "o/-v.ppm\no2/-v.ppm\n64\n64\n")
    #expect(
      outcome.errors.contains("-oy.png: the value of -o is an argument of its own: -o y.png"))
  }

  @Test func `letters may share a hyphen`() throws {
    try shell.makeImages(1, in: "p")
    let outcome = try shell(
      """
      cg-prep -qo o/ -nv p; cg-prep -fqo o/ p; cg-prep -qon o/ p
      cg-prep -qoZ o/ p || echo $?; cg-prep -oj o/ 2 p
      """)
    #expect(
      outcome.output == "p/0.ppm\to/p/0.ppm\no/p/0.ppm\np/0.ppm\to/p/0.ppm\n64\no/p/0.ppm\n")
    #expect(outcome.errors.contains("cg-prep: unknown option '-qoZ'\n"), "\(outcome.errors)")
  }

  @Test func `negative numbers and names behind -- are no options`() throws {
    try shell.makeImages(1, in: "p")
    let outcome = try shell("cg-prep -- p/0.ppm --x.png -y > /dev/null || echo $?")
    #expect(outcome.output == "66\n")
    #expect(outcome.errors.contains("--x.png: No such file"), "\(outcome.errors)")
  }
}

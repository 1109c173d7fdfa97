import CycleGAN
import Testing

/// Two generators that are no pair, and data sets that can teach nothing.
@Suite struct CyclePairTests {
  let shell: Shell

  init() throws {
    shell = try Filter.shell()
    for (name, direction) in [("AB", "AB"), ("BA", "BA"), ("other", "AB")] {
      var weights = try shell.weights(name == "other" ? "BA.bin" : "\(name).bin")
      weights.metadata["direction"] = direction
      try shell.write(weights.serialized(), to: "gen_\(name).bin")
    }
  }

  @Test(arguments: [
    ("-w gen_AB.bin -W gen_AB.bin", "gen_AB.bin: this generator's direction is AB; -W needs BA"),
    ("-w gen_BA.bin -W gen_BA.bin", "gen_BA.bin: this generator's direction is BA; -W needs AB"),
    (
      "-w gen_AB.bin -W gen_other.bin",
      "gen_other.bin: this generator's direction is AB; -W needs BA"
    ),
    ("-w AB.bin -W AB.bin", "AB.bin: this is the generator of -w; -W needs the one for the other"),
    ("-w AB.bin -W copy.bin", "copy.bin: this is the generator of -w"),
    ("-w AB.bin -W link.bin", "link.bin: this is the generator of -w"),
    ("-w AB.pth -W AB.pth", "AB.pth: this is the generator of -w"),
    (
      "-w gen_BA.bin -W gen_AB.bin --direction AB",
      "gen_BA.bin: this generator's direction is BA, not AB"
    ),
  ])
  func `the same direction twice is refused`(options: String, reason: String) throws {
    let outcome = try shell(
      """
      cp AB.bin copy.bin; ln -s AB.bin link.bin; cg-weights export -o AB.pth AB.bin
      cg-cycle \(options) p
      """)
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("cg-cycle: \(reason)"), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test(arguments: [
    "-w gen_AB.bin -W gen_BA.bin", "-w gen_BA.bin -W gen_AB.bin", "-w AB.bin -W BA.bin",
    "-w AB.bin -W gen_BA.bin", "-w gen_AB.bin -W BA.bin", "-w AB.bin -W gen_AB.bin --direction BA",
    "-w gen_BA.bin -W AB.bin --direction BtoA",
  ])
  func `pairs in either order are taken`(options: String) throws {
    let outcome = try shell("cg-cycle \(options) p")
    // The same tensors under two names are the same generator, whatever is said of them.
    #expect(
      (outcome.status == 0) != options.contains("-w AB.bin -W gen_AB.bin"), "\(outcome.errors)")
  }

  @Test(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
  func `cg-train warns of sets that teach or measure nothing`() throws {
    let train = """
      cg-train -o run --netG resnet_1blocks --ngf 4 --ndf 4 --load-size 32 --crop-size 32 \
      --max-steps 1 --seed 1 -t 1
      """
    for (options, warning) in [
      ("-A p -B p", "A and B are the same images"), ("-A p -B p/", "A and B are the same images"),
      ("-A @l -B @l", "A and B are the same images"), ("-A p -B p/0.ppm", "1 image of B"),
      ("-A p/0.ppm -B p", "1 image of A"),
      ("-A p -B q --val-a p --val-b q", "3 held-out images of a domain"),
    ] {
      let outcome = try shell(
        "rm -rf run q; mkdir q; cp p/0.ppm q/x.ppm; cp p/1.ppm q/y.ppm; cp p/2.ppm q/z.ppm; "
          + "find p -type f > l; \(train) \(options)")
      #expect(
        outcome.errors.contains("cg-train: warning: \(warning)")
          || outcome.errors.contains(warning), "\(options): \(outcome.errors)")
    }
    #expect(try !shell("rm -rf run; \(train) -A p -B q").errors.contains("warning: "))
  }
}

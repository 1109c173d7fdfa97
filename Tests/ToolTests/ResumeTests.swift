import Foundation
import Testing

/// What a run knows about itself: nobody has to repeat it.
@Suite(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"), .serialized)
struct ResumeTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makeImages(3, in: "a", width: 32, height: 32)
    try shell.makeImages(2, in: "b", width: 32, height: 32)
  }

  private static let sizes = "--load-size 32 --crop-size 32 -t 1"
  private static let networks = [
    "--netG resnet_1blocks --ngf 4 --ndf 5", "--netG resnet_2blocks --ngf 3 --upsample resize",
    "--netG resnet_1blocks --ngf 4 --netD n_layers --n-layers-D 1 --norm batch",
    "--netG resnet_1blocks --ngf 4 --netD pixel --dropout",
    "--netG resnet_1blocks --ngf 4 --input-nc 1 --output-nc 3 --lambda-identity 0",
  ]

  @Test(arguments: networks)
  func `init-from takes the networks from the files, also when it is resumed`(networks: String)
    throws
  {
    let identity = networks.contains("identity") ? "--lambda-identity 0" : ""
    let command = "cg-train -A a -B b -o longer --init-from run --lr 0.0001 \(identity)"
    let outcome = try shell(
      """
      cg-train -A a -B b -o run --seed 1 \(Self.sizes) \(networks) --max-steps 1
      \(command) \(Self.sizes) --max-steps 1
      mv run gone
      \(command) \(Self.sizes) --max-steps 2
      cg-weights show gone/gen_AB.bin | grep -E '^  [a-zA-Z_]+ ' >x || true
      cg-weights show longer/gen_AB.bin | grep -E '^  [a-zA-Z_]+ ' >y || true
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("finished after 2 steps"))
    #expect(outcome.errors.contains("resuming after step 1"))
  }

  @Test func `options that contradict the files are refused, all of them at once`() throws {
    let run = try shell(
      "cg-train -A a -B b -o run --seed 1 \(Self.sizes) \(Self.networks[0]) --max-steps 1")
    #expect(run.status == 0, "\(run.errors)")
    let refused = try shell(
      "cg-train -A a -B b -o longer --init-from run \(Self.sizes) --ngf 64 --norm=batch --dropout "
        + "--ndf 5 --netD pixel")
    #expect(refused.status == 65, "\(refused.errors)")
    for line in [
      "run/gen_AB.bin: ngf is 4 there, 64 by the options",
      "run/gen_AB.bin: norm is instance there, batch by the options",
      "run/gen_AB.bin: dropout is false there, true by the options",
      "run/disc_A.bin: netD is basic there, pixel by the options; without these options the networks "
        + "are those of the files",
    ] {
      #expect(refused.errors.contains("cg-train: \(line)\n"), "\(line): \(refused.errors)")
    }
    #expect(!refused.errors.contains("ndf"))
    #expect(shell.files(in: "longer").isEmpty)
  }

  @Test func `files that contradict each other are refused`() throws {
    let refused = try shell(
      """
      for n in 4 5; do
        cg-train -A a -B b -o run$n --seed 1 \(Self.sizes) --netG resnet_1blocks --ngf $n --ndf 4 \
          --max-steps 1
      done
      cg-train -A a -B b -o mixed --init-from run4 --init-from BA=run5/gen_BA.bin \(Self.sizes)
      """)
    #expect(refused.status == 65)
    #expect(
      refused.errors.contains(
        "run5/gen_BA.bin: ngf is 5 there and 4 in run4/gen_AB.bin, and must be the same"),
      "\(refused.errors)")
  }

  @Test(arguments: [
    "--netG resnet_1blocks --ngf 4 --ndf 4 --save-every 90s --save-every 7 --clip-grad 5",
    "--netG resnet_1blocks --ngf 4 --netD n_layers --n-layers-D 1 --no-flip --serial-batches",
    "--netG resnet_1blocks --ngf 4 --ndf 4 --direction BtoA --cache 1M --max-pixels 99999",
    "--netG resnet_1blocks --ngf 4 --ndf 4 --save-minutes 0.5 --diff-augment color,cutout",
    "--netG resnet_1blocks --ngf 4 --ndf 4 --lr 0.0003 --val-a a --val-b b --val-count 2",
  ])
  func `the folder alone resumes a run with its options and images`(options: String) throws {
    let outcome = try shell(
      """
      cg-train -A a -B @list -o run --seed 1 \(Self.sizes) \(options) --max-steps 1 \
        --n-epochs 2 --n-epochs-decay 0
      cp run/config.json before
      cg-train -o run --max-steps 2 2>errors; cat errors
      grep -v max-steps before >x; grep -v max-steps run/config.json >y; cmp x y
      cg-train -o run
      """.replacing("cg-train -A a -B @list", with: "ls b/* >list; cg-train -A a -B @list"))
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("--max-steps"), "\(outcome.output)")
    #expect(outcome.output.contains("finished after 2 steps"), "\(outcome.output)")
    #expect(outcome.errors.contains("already finished after 2 steps"), "\(outcome.errors)")
    let notes = outcome.output.split(separator: "\n").filter {
      $0.contains(" was ") || $0.contains("began")
    }
    #expect(notes.count == 1, "\(outcome.output)")
  }

  @Test func `a folder without a run, and images that cannot be read twice, are explained`() throws
  {
    let none = try shell("cg-train -o nothing")
    #expect(none.status == 64)
    #expect(
      none.errors.contains(
        "say where the images are: -A and -B, or --dataroot; nothing holds no run"))
    #expect(shell.files(in: ".").allSatisfy { !$0.hasPrefix("nothing") })
    let piped = try shell(
      """
      ls a/* | cg-train -A @- -B b -o run --seed 1 \(Self.sizes) \(Self.networks[0]) --max-steps 1
      cg-train -o run
      """)
    #expect(piped.status == 64)
    #expect(
      piped.errors.contains(
        "run/config.json: the images of -A came from stdin; give -A and -B again"))
  }

  @Test func `added images are refused with the way to a new run`() throws {
    let outcome = try shell(
      """
      cg-train -A a -B b -o run --seed 1 \(Self.sizes) \(Self.networks[0]) --max-steps 1
      cp a/0.ppm a/new.ppm
      cg-train -o run
      """)
    #expect(outcome.status == 64)
    #expect(
      outcome.errors.contains(
        "or use another -o, and --init-from RUN to start from this run's weights"))
  }
}

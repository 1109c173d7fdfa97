import Foundation
import Testing

/// A folder where a file of weights is expected.
@Suite struct WeightsFolderTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makeImages(1, in: "a")
    try shell.makeGenerator("AB.bin", seed: 1)
    try shell.makeGenerator("BA.bin", seed: 2)
    for (file, direction) in [("AB", "AB"), ("BA", "BA")] {
      let done = try shell(
        "cg-weights import \(file).bin --direction \(direction) -o gen_\(file).bin")
      #expect(done.status == 0, "\(done.errors)")
    }
  }

  @Test(arguments: [
    "mkdir r; cp gen_AB.bin gen_BA.bin r",
    "mkdir r; cp AB.bin r/latest_net_G_A.pth; cp BA.bin r/latest_net_G_B.pth; cp BA.bin r/5_net_G_A.pth",
    "mkdir r; for e in 5 10; do cp BA.bin r/${e}_net_G_A.pth; cp BA.bin r/${e}_net_G_B.pth; done; "
      + "cp AB.bin r/10_net_G_A.pth",
  ])
  func `its generator is taken by its direction, in all tools`(folder: String) throws {
    let outcome = try shell(
      """
      \(folder)
      for d in AB BA; do
        cg-apply -w $d.bin -o $d.png a/0.ppm; cg-apply -w r/ --direction $d -o x.png a/0.ppm
        cmp $d.png x.png
        cg-weights export r --direction $d -o x.safetensors
        cg-apply -w x.safetensors -o x.png a/0.ppm; cmp $d.png x.png
      done
      cg-cycle -w AB.bin -W BA.bin a >one; cg-cycle -w r a >two; cmp one two
      cg-cycle -w BA.bin -W AB.bin a >one; cg-cycle -w r --direction BA a >two; cmp one two
      cg-cycle -w r -W r a >two; cg-cycle -w AB.bin -W BA.bin a >one; cmp one two
      cg-weights show r >/dev/null; cg-weights verify -q r
      """)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test func `two generators and no direction, none, and no weights at all are explained`() throws {
    let outcome = try shell(
      """
      set +e
      mkdir r empty one; cp gen_AB.bin gen_BA.bin r; cp gen_AB.bin one
      cg-apply -w r -o x.png a/0.ppm; echo $?
      cg-apply -w empty -o x.png a/0.ppm; echo $?
      cg-apply -w one --direction BA -o x.png a/0.ppm; echo $?
      cg-apply -w one -o x.png a/0.ppm; echo $?
      cg-weights export r -o x.onnx; echo $?
      cg-weights verify empty; echo $?
      cg-cycle -w one a; echo $?
      """)
    #expect(outcome.output == "64\n66\n66\n0\n64\n66\n66\n", "\(outcome.output)\(outcome.errors)")
    for line in [
      "cg-apply: r: two generators are in this folder; choose one with --direction AB or BA",
      "cg-apply: empty: no weights are in this folder",
      "cg-apply: one: no generator BA is in this folder",
      "cg-weights: r: several networks are in this folder; choose one with --direction",
      "cg-weights: empty: no weights are in this folder",
    ] {
      #expect(outcome.errors.contains(line), "\(line): \(outcome.errors)")
    }
  }

  @Test(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
  func `while it trains, the newest checkpoint of a run is taken`() throws {
    try shell.makeImages(2, in: "t", width: 32, height: 32)
    let outcome = try shell(
      """
      train="cg-train -A t -B t -o run --seed 1 --netG resnet_1blocks --ngf 4 --ndf 4 -t 1"
      train="$train --load-size 32 --crop-size 32"
      $train --max-steps 2
      cg-apply -w run --direction AB -o two.png a/0.ppm
      cg-apply -w run/gen_AB.bin -o x.png a/0.ppm; cmp x.png two.png
      cp run/gen_*.bin .
      $train --max-steps 4
      cp gen_*.bin run
      cg-apply -w run --direction AB -o four.png a/0.ppm
      cg-apply -w run/checkpoints/00000004.ckpt --direction AB -o x.png a/0.ppm; cmp x.png four.png
      cg-apply -w run/checkpoints --direction AB -o x.png a/0.ppm; cmp x.png four.png
      rm run/*.bin
      cg-apply -w run --direction AB -o x.png a/0.ppm; cmp x.png four.png
      cg-cycle -w run a >/dev/null; cg-weights verify -q run
      """)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}

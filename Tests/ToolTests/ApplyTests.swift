import Foundation
import Testing

/// What cg-apply alone does: weights, sizes, and the ways to one result.
@Suite struct ApplyTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test(arguments: ["1x1", "2x3", "7x5", "4x31", "64x64", "33x20"])
  func `an image of any size keeps it`(size: String) throws {
    let outcome = try shell(
      "cg-prep p/0.ppm --resize \(size) | cg-apply -w AB.bin -o - --format ppm | sed -n 2p",
      seconds: 20)
    #expect(outcome.output == size.replacing("x", with: " ") + "\n", "\(outcome.errors)")
  }

  @Test func `files, streams and pipes of images come to the same pixels`() throws {
    let outcome = try shell(
      """
      cg-apply -w AB.bin p -o out/ > made
      cat out/p/*.ppm > files
      cg-apply -w AB.bin p -o - --format ppm | cmp - files
      cat p/*.ppm | cg-apply -w AB.bin -o - --format ppm | cmp - files
      cg-prep p | cg-apply -w AB.bin | cg-prep -o - --format ppm | cmp - files
      for i in 0 1 2; do cg-apply -w AB.bin -o $i.png p/$i.ppm; done
      cg-prep [012].png -o - --format ppm | cmp - files
      """)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test func `without the processor's help bf16 is refused, and float32 is not`() throws {
    let outcome = try shell(
      """
      export ONEDNN_MAX_CPU_ISA=AVX2 DNNL_MAX_CPU_ISA=AVX2
      cg-apply -w AB.bin --precision float32 p/0.ppm -o exact.png
      cg-apply -w AB.bin --precision bf16 p/0.ppm -o rounded.png || echo $?
      ls exact.png rounded.png || true
      """)
    #expect(outcome.output == "69\nexact.png\n", "\(outcome.errors)")
    #expect(outcome.errors.contains("no bfloat16 arithmetic"))
  }

  @Test func `translated frames are values, and --dtype uint8 rounds them as a file does`() throws {
    let outcome = try shell(
      """
      cg-apply -w AB.bin p/0.ppm --plain > out; head -c 60 out | grep -ao '<f4'
      cg-apply -w AB.bin p/0.ppm --dtype uint8 | cg-prep -o - --format ppm |
        cmp - <(cg-apply -w AB.bin p/0.ppm -o - --format ppm)
      cg-apply -w AB.bin p/0.ppm -o x.npy; cg-apply -w AB.bin p/0.ppm --plain | cmp - x.npy
      """)
    #expect(outcome.output == "<f4\n", "\(outcome.errors)")
    #expect(outcome.status == 0)
  }

  @Test(arguments: [
    ("", 64, "missing expected argument '--weights <file>'"),
    ("-w none.bin", 66, "none.bin: No such file or directory"),
    ("-w whole.png", 65, "whole.png: a PNG image; weights are"),
    ("-w cut.bin", 65, "cut.bin: "),
    ("-w AB.bin --netG unet_256", 65, "AB.bin: "),
    ("-w AB.bin --ngf 5", 65, "AB.bin: "),
  ])
  func `weights that are none or do not fit end it before anything is written`(
    weights: String, status: Int, reason: String
  ) throws {
    let outcome = try shell("head -c 2000 AB.bin > cut.bin; cg-apply \(weights) p -o out/")
    #expect(outcome.status == Int32(status))
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("cg-apply: " + reason), "\(outcome.errors)")
    #expect(shell.files(in: "out").isEmpty)
  }

  @Test func `-t wins over OMP_NUM_THREADS`() throws {
    let outcome = try shell(
      """
      OMP_NUM_THREADS=1 cg-apply -w AB.bin p | cmp - <(cg-apply -w AB.bin p -t 1)
      OMP_NUM_THREADS=2 cg-apply -w AB.bin p -t 1 | cmp - <(cg-apply -w AB.bin p -t 1)
      """)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test func `no LibTorch is in the process`() throws {
    let outcome = try shell("ldd $(command -v cg-apply) | grep -c -e libtorch -e libc10 || true")
    #expect(outcome.output == "0\n")
  }
}

import Testing

/// `--preprocess scale_width` on images of every height.
@Suite struct ScaleWidthTests {
  private let shell: Shell

  /// Images whose height at the width of 36 pixels has every remainder of a division by 4.
  init() throws {
    shell = try Shell()
    for height in 40...47 {
      try shell.makeImages(1, in: "\(height)", width: 36, height: height)
    }
  }

  @Test func `cg-prep gives sides that are multiples of 4`() throws {
    let outcome = try shell(
      """
      cg-prep --preprocess scale_width --load-size 36 --crop-size 32 -o o/ --format ppm 4? >/dev/null
      cg-prep --preprocess scale_width --load-size 30 --crop-size 8 -o n/ --format ppm 47 >/dev/null
      head -qn 2 o/4?/*.ppm n/*/*.ppm | grep -a ' ' | tr '\\n' ,
      """)
    #expect(
      outcome.output == "36 40,36 40,36 40,36 44,36 44,36 44,36 48,36 48,32 40,",
      "\(outcome.errors)")
  }

  @Test(
    .enabled(if: Shell.hasTrainer, "this build leaves out cg-train"), arguments: ["36", "30"])
  func `cg-train skips none of them`(loadSize: String) throws {
    let outcome = try shell(
      """
      mkdir all; for i in 4?; do cp $i/0.ppm all/$i.ppm; done
      cg-train -A all -B all -o run --seed 1 --netG resnet_1blocks --ngf 4 --ndf 4 -t 1 --n-layers-D 1 \
        --netD n_layers --preprocess scale_width --load-size \(loadSize) --crop-size 32 --max-steps 8
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.errors.contains("skipped"), "\(outcome.errors)")
  }
}

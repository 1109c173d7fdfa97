import Foundation
import Testing

/// What cg-prep alone does: sizes, parts, mirrors, channels.
@Suite struct PrepTests {
  let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makeImages(2, in: "p", width: 20, height: 16)
  }

  static let sizes = [
    ("", "20 16"), ("--resize 7x9", "7 9"), ("--resize 8", "8 8"), ("--scale-width 10", "10 8"),
    ("--scale-width 1", "1 1"), ("--crop 5x4", "5 4"), ("--crop 16 --crop-at 4,0", "16 16"),
    ("--resize 30x20 --crop 6", "6 6"), ("--preprocess none", "20 16"),
    ("--preprocess resize_and_crop --load-size 18 --crop-size 12", "12 12"),
    ("--preprocess scale_width --load-size 40 --crop-size 8", "40 32"),
  ]

  @Test(arguments: sizes)
  func `images get the size that was asked for`(options: String, size: String) throws {
    let outcome = try shell("cg-prep \(options) -o - --format ppm p/0.ppm | LC_ALL=C sed -n 2p")
    #expect(outcome.output == size + "\n", "\(outcome.errors)")
  }

  @Test func `a part is that part, and a mirrored mirror image is the image`() throws {
    let outcome = try shell(
      """
      cg-prep p/0.ppm --crop 20x1 -o - --crop-at 0,3 --format ppm | tail -c 60 > row
      tail -c +$((14 + 3 * 60)) p/0.ppm | head -c 60 | cmp - row
      cg-prep p/0.ppm --flip | cg-prep --flip -o - --format ppm | cmp - p/0.ppm
      """)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test(arguments: [
    "--scale-width 90", "--resize 80x60 --crop 50x40",
    "--preprocess scale_width --load-size 90 --crop-size 32",
    "--preprocess resize_and_crop --load-size 70 --crop-size 50",
  ])
  func `--fast gives another image of the same size`(options: String) throws {
    try shell.makeImages(1, in: "large", width: 400, height: 301)
    let outcome = try shell(
      """
      cg-prep large/0.ppm -o photo.jpg
      cg-prep photo.jpg \(options) -o exact.ppm
      cg-prep photo.jpg \(options) --fast -o fast.ppm
      for image in exact fast; do LC_ALL=C sed -n 2p $image.ppm; done | uniq | wc -l
      cmp -s exact.ppm fast.ppm || echo different
      """)
    #expect(outcome.output == "1\ndifferent\n", "\(outcome.errors)")
  }

  @Test func `random parts and flips follow the seed, and not the threads`() throws {
    try shell.makeImages(9, in: "many")
    let random = "--preprocess resize_and_crop --load-size 24 --crop-size 8 --flip"
    let outcome = try shell(
      """
      for jobs in 1 4 8; do cg-prep many \(random) --seed 3 -j $jobs | cksum; done | sort -u | wc -l
      for seed in 1 2 3 4; do cg-prep many \(random) --seed $seed | cksum; done | sort -u | wc -l
      """)
    #expect(outcome.output == "1\n4\n")
  }

  @Test func `--channels and --dtype say what a frame holds`() throws {
    let outcome = try shell(
      """
      for options in '' '--channels 1' '--dtype float32' '--channels 1 --dtype float32'; do
        cg-prep p/0.ppm --plain $options > out; head -c 128 out | tr -d '\\0' | grep -ao "'|u1.*\\|'<f4.*"
      done
      """)
    #expect(
      outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == [
        "'|u1', 'fortran_order': False, 'shape': (16, 20, 3), }",
        "'|u1', 'fortran_order': False, 'shape': (16, 20, 1), }",
        "'<f4', 'fortran_order': False, 'shape': (3, 16, 20), }",
        "'<f4', 'fortran_order': False, 'shape': (1, 16, 20), }",
      ])
  }

  @Test(arguments: [
    ("--crop 21x1", 65, "20 x 16 pixels"), ("--crop 5 --crop-at 16,0", 65, "20 x 16"),
    ("--resize 100000x100000", 65, "see --max-pixels"), ("--max-side 19", 65, "see --max-side"),
    ("--resize 0x3", 64, "'0x3' is invalid for '--resize <WxH|N>'"),
    ("--resize 3 --scale-width 4", 64, "exclude each other"),
    ("--crop-at 1,2", 64, "--crop-at needs --crop"),
    ("--preprocess crop --resize 3", 64, "--preprocess sets size and crop"),
    ("--load-size 3", 64, "--load-size and --crop-size go with --preprocess"),
    ("--channels 2", 64, "--channels must be 1 or 3, not 2"),
  ])
  func `what cannot be done is told with the number that was wrong`(
    options: String, status: Int, reason: String
  ) throws {
    let outcome = try shell("cg-prep p/0.ppm \(options) > out")
    #expect(outcome.status == Int32(status))
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
  }
}

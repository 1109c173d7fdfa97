import Testing

/// What the number of threads changes, and where it comes from.
@Suite struct ThreadTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makeImages(3, in: "A", width: 70, height: 64)
    try shell.makeImages(3, in: "B", width: 64, height: 66)
  }

  @Test(arguments: [
    "", "--netG unet_128 --ngf 8 --norm batch --batch-size 2 --load-size 128 --crop-size 128",
  ])
  func `training gives the same bits with any number of threads`(options: String) throws {
    let outcome = try shell(
      """
      for threads in 1 2 3 7; do
        cg-train -q -A A -B B -o run$threads -t $threads --netG resnet_1blocks --ngf 32 --ndf 16 \\
          --load-size 64 --crop-size 64 --max-steps 2 --seed 1 \(options)
        for name in gen_AB gen_BA disc_A disc_B; do cmp run1/$name.bin run$threads/$name.bin; done
      done
      """)
    #expect(outcome.status == 0, "\\(outcome.output)\\(outcome.errors)")
  }

  @Test func `a process that is pinned to one processor computes on one thread`() throws {
    let outcome = try shell(
      """
      train() {
        "$@" cg-train -q -A A -B B -o run --netG resnet_1blocks --ngf 4 --ndf 4 --load-size 64 \
          --crop-size 64 --max-steps 1
        grep -o '"threads": *[0-9]*' run/config.json; rm -r run
      }
      train taskset -c "$(taskset -cp $$ | grep -o '[0-9]*$')"
      OMP_NUM_THREADS=3 train taskset -c "$(taskset -cp $$ | grep -o '[0-9]*$')"
      """)
    #expect(
      outcome.output.filter { $0 != " " } == "\"threads\":1\n\"threads\":3\n", "\(outcome.errors)")
  }
}

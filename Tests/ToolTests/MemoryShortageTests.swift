import Testing

/// Tools that get no memory for what has its size from an input or a network.
@Suite struct MemoryShortageTests {
  /// A shell with generators, three images in four formats, streams, and a library that fails allocations.
  private static func shell() throws -> Shell {
    let shell = try Filter.shell()
    try shell.makeImages(2, in: "i", width: 220, height: 160)
    try shell.makeGenerator("wide.bin", seed: 3, width: 16)
    let outcome = try shell(
      """
      cc -shared -fPIC -o shortage.so '\(Shell.root)Tests/Reliability/shortage.c'
      mv p/0.ppm i/small.ppm
      for format in png jpg webp; do cg-prep -q --format $format -o $format/ i/*.ppm >/dev/null; done
      cg-prep -q i/*.ppm > levels.npys
      cg-prep -q --dtype float32 i/*.ppm > floats.npys
      """)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return shell
  }

  @Test(
    .enabled(if: LibraryMemoryTests.hasCompiler, "no C compiler"),
    arguments: [
      "cg-prep --format png -o out/ i", "cg-prep --format jpg -o out/ png",
      "cg-prep --format webp -o out/ jpg", "cg-prep --format ppm -o out/ webp",
      "cg-prep --format npy --resize 200x250 -o out/ i png jpg webp",
      "cg-prep --channels 1 --resize 150x90 -o out/ jpg", "cg-prep i > out/x",
      "cg-prep --dtype float32 < levels.npys > out/x",
      "cg-prep --crop 20x16 --crop-at center -o out/ < floats.npys",
      "cg-apply -w AB.bin --format png -o out/ i", "cg-apply -w AB.bin < levels.npys > out/x",
      "cg-apply -w AB.bin --format jpg -o out/ floats.npys",
      "cg-cycle -w AB.bin -W BA.bin -o out/ i", "cg-weights show -v wide.bin",
      "cg-weights export wide.bin --format pth -o out/x",
      "cg-weights export wide.bin --format onnx -o out/x",
      "cg-weights average wide.bin wide.bin -o out/x", "cg-weights diff wide.bin wide.bin",
    ])
  func `an allocation that fails is an error with a reason, and what is done is right`(
    command: String
  ) throws {
    let outcome = try Self.shell()(
      """
      tries() { echo 1 2 3 4 5 7 10 15 23; }
      mkdir out; \(command) > /dev/null; mv out whole
      for all in 0 1; do
        for at in $(tries); do
          rm -rf out mark; mkdir out; status=0
          (export SHORTAGE_ALL=$all SHORTAGE_AT=$at SHORTAGE_MARK=mark LD_PRELOAD=$PWD/shortage.so
            \(command)) > /dev/null 2> errors || status=$?
          [[ -e mark ]] || break
          case $status in
            0) diff -rq out whole ;;
            1 | 65 | 71) grep -q 'of memory\\|enough memory\\|allocate memory' errors || echo "$at: no reason" ;;
            *) echo "$at: status $status"; cat errors ;;
          esac
          [[ -e out/x ]] || for file in $(cd out; find . -type f ! -name '.*'); do
            cmp out/$file whole/$file
          done
        done
      done
      """, seconds: 300)
    #expect(outcome.output == "" && outcome.errors == "")
  }

  @Test func `an image that is too large for the memory fails alone`() throws {
    let shell = try Filter.shell()
    let outcome = try shell(
      """
      cg-prep -q --resize 3000x3000 -o big.ppm p/0.ppm
      export OMP_NUM_THREADS=1
      (ulimit -v 400000; cg-apply -t 1 -j 1:1 -w AB.bin --format png -o out/ p/0.ppm big.ppm p/1.ppm) ||
        echo $?
      """)
    #expect(outcome.output == "out/p/0.png\nout/p/1.png\n1\n", "\(outcome.errors)")
    #expect(outcome.errors.contains("big.ppm: out of memory"))
  }
}

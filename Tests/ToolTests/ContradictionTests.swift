import Testing

/// Options that contradict each other, or that are given twice, are refused.
@Suite struct ContradictionTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test(arguments: [
    ("-o x.jpg --format png", "x.jpg"), ("-o x.png --format jpg", "x.png"),
    ("-o out.webp --format jpg", "out.webp"), ("-o x.npy --format png", "x.npy"),
    ("-o x.ppm --format npy", "x.ppm"), ("-o x.jpg --lossless", "--lossless"),
    ("-o x.ppm --lossless", "--lossless"), ("-o o/ --format jpg --lossless", "--lossless"),
    ("-o - --format jpg --lossless", "--lossless"), ("--lossless", "--lossless"),
    ("-o x.png --resize 4 --resize 5", "--resize is given twice"),
    ("-o x.png --output y.png", "--output is given twice"),
    ("--depfile a --depfile=b -o x.png", "--depfile is given twice"),
    ("-j 1 -j 2 -o x.png", "-j is given twice"),
    ("-j 1 --jobs 2 -o x.png", "--jobs is given twice"),
  ])
  func `a contradiction is 64, and nothing is made`(options: String, reason: String) throws {
    let outcome = try shell("cg-prep whole.png \(options)")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(!shell.files(in: ".").contains { $0.hasPrefix("x.") || $0.hasPrefix("o") })
  }

  @Test(arguments: [
    "cg-apply -w AB.bin -w BA.bin whole.png", "cg-apply -w AB.bin --weights BA.bin whole.png",
    "cg-cycle -w AB.bin -W BA.bin -W AB.bin whole.png",
    "cg-cycle -w AB.bin -W BA.bin --min-psnr -1 --min-psnr -2 whole.png",
    "cg-weights import AB.bin -o a.bin -o b.bin",
    "cg-weights export AB.bin -o a.pth --format pth --format=legacy",
  ])
  func `every tool refuses a second value`(command: String) throws {
    let outcome = try shell(command)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("is given twice and takes one value"), "\(outcome.errors)")
  }

  @Test(arguments: [
    "whole.png -o x.png --quality 50", "whole.png -o x.png --lossless",
    "whole.png -o x.JPEG --format jpg", "whole.png -o o/ --lossless",
    "whole.png -o x.bin --format png", "whole.png -o o.jpg/ --format png",
    "-o o/ -v -v --files-from l --files-from l", "whole.png -o x.png -- -o",
  ])
  func `what only repeats or adds nothing is fine`(arguments: String) throws {
    let outcome = try shell("echo whole.png >l; touch -- -o; cg-prep \(arguments)")
    #expect(!outcome.errors.contains("twice") && !outcome.errors.contains("lossless"))
    #expect(outcome.status == 0 || arguments.hasSuffix("-o"), "\(outcome.errors)")
  }

  @Test func `a JPEG of a folder is not written where lossless output was asked for`() throws {
    let outcome = try shell("cg-prep whole.png -o d/a.jpg; cg-prep d -o o/ --lossless")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("a JPEG is never lossless"), "\(outcome.errors)")
  }
}

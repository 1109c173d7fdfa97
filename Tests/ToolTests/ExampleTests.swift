import Foundation
import Testing

/// Every file in examples/ is run, with tiny generators, in a folder of its own.
@Suite struct ExampleTests {
  static let examples = Shell.root + "examples"

  @Test func `the demo's scenes are pairs under one seed and strangers under two`() throws {
    let shell = try Shell()
    let draw = "awk -v count=1 -v size=32 -f \(Self.examples)/demo/scenes.awk"
    let outcome = try shell(
      """
      mkdir a b other
      \(draw) -v domain=A -v seed=3 -v folder=a
      \(draw) -v domain=B -v seed=3 -v folder=b
      \(draw) -v domain=A -v seed=4 -v folder=other
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let (a, b) = (try shell.bytes(of: "a/0001.ppm"), try shell.bytes(of: "b/0001.ppm"))
    let corner = a.prefix(60)
    #expect(a != b)
    #expect(b.prefix(60) == corner)
    #expect(try shell.bytes(of: "other/0001.ppm").prefix(60) != corner)
  }

  @Test(arguments: ["translate-find.sh", "translate-xargs.sh"])
  func `a folder is translated whole`(script: String) throws {
    try expectWholeFolder(script)
  }

  @Test(.enabled(if: Shell.has("parallel"), "needs GNU parallel"))
  func `a folder is translated whole by GNU parallel`() throws {
    try expectWholeFolder("translate-parallel.sh")
  }

  private func expectWholeFolder(_ script: String) throws {
    let shell = try folder()
    let outcome = try shell("\(Self.examples)/\(script) gen_AB.bin in out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(shell.files(in: "out/in") == ["0.ppm", "1.ppm", "2.ppm"])
  }

  @Test func `the roundtrip through pipes leaves an image for each`() throws {
    let shell = try folder()
    let outcome = try shell("\(Self.examples)/roundtrip.sh gen_AB.bin gen_BA.bin in out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(shell.files(in: "out/in") == ["0.png", "1.png", "2.png"])
  }

  @Test func `the check of a roundtrip passes and fails by its limit`() throws {
    let shell = try folder()
    let check = "\(Self.examples)/check-roundtrip.sh gen_AB.bin gen_BA.bin in"
    let passed = try shell("\(check) 1")
    #expect(passed.status == 0, "\(passed.errors)")
    #expect(passed.output.split(separator: "\n").count == 4)
    #expect(try shell("\(check) 90").status == 1)
  }

  @Test func `the batch job makes what is missing and nothing twice`() throws {
    let shell = try folder()
    let make =
      "make -s -f \(Self.examples)/Makefile IN=in OUT=out EXTENSION=ppm WEIGHTS=gen_AB.bin"
    let outcome = try shell("\(make) && \(make) -q")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(shell.files(in: "out") == ["0.png", "1.png", "2.png"])
  }

  @Test(.enabled(if: Shell.runs("python3 -c 'import numpy'"), "needs Python with NumPy"))
  func `NumPy reads our streams, and we read NumPy's`() throws {
    let shell = try folder()
    let read = try shell(
      "cg-prep in | python3 \(Self.examples)/read-stream.py")
    #expect(read.status == 0, "\(read.errors)")
    #expect(read.output.split(separator: "\n").count == 3)
    #expect(read.output.contains("in/0.ppm\tuint8\t(16, 20, 3)\t"))
    let written = try shell(
      """
      python3 \(Self.examples)/write-stream.py 3 | cg-apply -w gen_AB.bin |
        python3 \(Self.examples)/read-stream.py
      """)
    #expect(written.status == 0, "\(written.errors)")
    #expect(written.output.contains("gradient-2.png\tfloat32\t(3, 64, 64)\t"))
    let plain = try shell(
      """
      python3 -c 'import numpy, sys
      for i in range(2): numpy.save(sys.stdout.buffer, numpy.full((8, 9, 3), i, numpy.uint8))' |
        cg-apply -w gen_AB.bin -o out/
      """)
    #expect(plain.output == "out/000001.png\nout/000002.png\n", "\(plain.errors)")
  }

  private func folder() throws -> Shell {
    let shell = try Shell()
    try shell.makeGenerator("gen_AB.bin", seed: 1)
    try shell.makeGenerator("gen_BA.bin", seed: 2)
    try shell.makeImages(3, in: "in")
    return shell
  }
}

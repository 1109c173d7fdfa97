import Foundation
import Testing

/// Tensor streams between filters: what is cut, damaged or has failed upstream.
@Suite struct StreamPipeTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test(arguments: [Filter.apply, .cycle])
  func `a stream cut anywhere is 65, and what was whole before the cut is delivered`(
    filter: Filter
  ) throws {
    try shell.makeImages(2, in: "small", width: 4, height: 4)
    let outcome = try shell(
      """
      cg-prep small > s; size=$(stat -c %s s)
      for ((i = 1; i < size; i += 47)); do
        status=0; head -c $i s | \(filter.command) > out 2>> errors || status=$?; echo $status
      done | sort -u
      head -c $((size - 1)) s | \(filter.command) > out 2> last || true
      grep -v 'truncated tensor stream at record [0-9]*, byte [0-9]*: \\|images done' errors || true
      """)
    #expect(outcome.output == "65\n")
    let last = try shell("cat last")
    #expect(last.output.contains("2 of 3 images done, 1 failed"))
  }

  @Test func `a boundary is a cut too: the end note is missing`() throws {
    let outcome = try shell(
      """
      cg-prep p/0.ppm > s
      head -c $(LC_ALL=C grep -abo $'\\x93NUMPY' s | tail -1 | cut -d: -f1) s | cg-prep -o out/ || echo $?
      """)
    #expect(outcome.output == "out/p/0.ppm\n65\n")
    #expect(outcome.errors.contains("it stops without an end note"))
  }

  @Test func `an upstream failure is passed on, and named and counted by the last filter`() throws {
    let outcome = try shell(
      """
      cg-prep p/0.ppm bad.png p/1.ppm 2> one | cg-apply -w AB.bin 2> two |
        cg-apply -w BA.bin -o out/ 2> three || echo ${PIPESTATUS[*]}
      cat two three
      """)
    #expect(
      outcome.output == """
        out/p/0.ppm
        out/p/1.ppm
        1 1 1
        cg-apply: 2 of 3 images done, 1 failed
        cg-apply: bad.png: failed upstream: truncated PNG: it ends after 148 bytes
        cg-apply: 2 of 3 images done, 1 failed

        """)
  }

  @Test func `a truncated stream stays one through every further filter`() throws {
    let outcome = try shell(
      """
      cg-prep p > s
      head -c 2000 s | cg-apply -w AB.bin 2> one | cg-apply -w BA.bin -o out/ 2> two ||
        echo ${PIPESTATUS[*]}
      cat one two
      """)
    #expect(
      outcome.output == """
        out/p/0.ppm
        0 65 65
        cg-apply: standard input: truncated tensor stream at record 4, byte 2000: it stops in a frame
        cg-apply: 1 of 2 images done, 1 failed
        cg-apply: standard input: truncated tensor stream at record 3, byte 4133: it stops without an \
        end note
        cg-apply: 1 of 2 images done, 1 failed

        """)
  }

  @Test func `concatenated streams are one, and rubbish behind them is damage`() throws {
    let outcome = try shell(
      """
      cg-prep p > s; cat s s > two; cg-prep two --plain | wc -c; cg-prep p p --plain | wc -c
      (cat s; echo rubbish) | cg-prep -o out/ || echo $?
      """)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 6 && lines.first == lines.dropFirst().first)
    #expect(lines.last == "65")
    #expect(outcome.errors.contains("there is no NumPy record"))
  }

  @Test(.enabled(if: Shell.hasNumPy, "needs Python with NumPy"))
  func `what NumPy saves is read, and what is written NumPy reads`() throws {
    let outcome = try shell(
      """
      cat > save.py <<'END'
      import numpy, sys
      for i in range(2):
          numpy.save(sys.stdout.buffer, numpy.full((8, 12, 3), 10 * i, numpy.uint8))
          numpy.save(sys.stdout.buffer, numpy.zeros((3, 8, 12), numpy.float32))
      END
      cat > load.py <<'END'
      import numpy, sys, types
      source = types.SimpleNamespace(read=sys.stdin.buffer.read)
      for i in range(4):
          a = numpy.lib.format.read_array(source)
          print(a.dtype, a.shape)
      END
      python3 save.py | cg-apply -w AB.bin --plain | python3 load.py
      python3 save.py | cg-prep -o out/
      """)
    #expect(
      outcome.output == String(repeating: "float32 (3, 8, 12)\n", count: 4)
        + (1...4).map { "out/00000\($0).png\n" }.joined())
  }
}

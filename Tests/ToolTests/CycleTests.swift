import Foundation
import Testing

/// What cg-cycle alone does: a table, a check, contact sheets.
@Suite struct CycleTests {
  let shell: Shell
  let cycle = "cg-cycle -w AB.bin -W BA.bin"

  init() throws { shell = try Filter.shell() }

  /// The cells of a table.
  func table(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { $0.components(separatedBy: "\t") }
  }

  @Test func `the table has a row for every image, and the mean and the worst last`() throws {
    let outcome = try shell("\(cycle) p")
    let rows = table(outcome.output)
    #expect(rows.map { $0[0] } == ["name", "p/0.ppm", "p/1.ppm", "p/2.ppm", "mean", "worst"])
    #expect(
      rows.first == ["name", "l1", "psnr", "ssim", "l1_8bit", "psnr_8bit", "ssim_8bit"])
    for column in 1...6 {
      let numbers = try rows.dropFirst().map { try #require(Double($0[column])) }
      let images = numbers.prefix(3)
      #expect(abs(numbers[3] - images.reduce(0, +) / 3) < 1e-3)
      #expect(numbers[4] == (column % 3 == 1 ? images.max() : images.min()))
    }
  }

  @Test func `the numbers are those of the images that the pipe makes`() throws {
    let outcome = try shell(
      """
      \(cycle) p/0.ppm | sed -n 2p | cut -f 2
      cg-apply -w AB.bin p/0.ppm | cg-apply -w BA.bin --plain | tail -c $((4 * 3 * 20 * 16)) > cycled
      """)
    let cycled = try shell.bytes(of: "cycled").withUnsafeBytes { bytes in
      (0..<960).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    let levels = try shell.bytes(of: "p/0.ppm").suffix(960)
    let original = (0..<3).flatMap { channel in
      (0..<320).map { Float(levels[levels.startIndex + 3 * $0 + channel]) / 127.5 - 1 }
    }
    let sum = zip(original, cycled).map { Double(abs($0 - $1)) }.reduce(0, +)
    let told = try #require(Double(outcome.output.trimmingCharacters(in: .newlines)))
    #expect(abs(sum / 960 - told) < 2e-6)
  }

  @Test func `a limit makes it a check with status 1, which names what is beyond it`() throws {
    for limits in ["--max-l1 2", "--min-psnr 0 --min-ssim -1", ""] {
      #expect(try shell("\(cycle) p \(limits)").status == 0)
    }
    for (limit, reason) in [
      ("--max-l1 0", "p/0.ppm: L1 is 0."), ("--min-psnr 99", " dB, below 99"),
      ("--min-ssim 1", "p/2.ppm: SSIM is "),
    ] {
      let outcome = try shell("\(cycle) p \(limit)")
      #expect(outcome.status == 1)
      #expect(table(outcome.output).count == 6)
      #expect(outcome.errors.contains(reason), "\(outcome.errors)")
      #expect(outcome.errors.hasSuffix("cg-cycle: 3 of 3 images are beyond the limits\n"))
    }
    #expect(try shell("\(cycle) p --max-l1 nan").status == 64)
  }

  @Test func `contact sheets stand side by side what the pipe makes`() throws {
    let outcome = try shell(
      """
      \(cycle) p -o sheets > table
      find sheets -type f | sort; cg-prep sheets/p/0.png -o - --format ppm | sed -n 2p
      cg-prep sheets/p/0.png --crop 20x16 --crop-at 0,0 -o - --format ppm | cmp - p/0.ppm
      cg-prep sheets/p/0.png --crop 20x16 --crop-at 22,0 -o - --format ppm |
        cmp - <(cg-apply -w AB.bin p/0.ppm -o - --format ppm)
      """)
    #expect(outcome.status == 0)
    #expect(outcome.output == "sheets/p/0.png\nsheets/p/1.png\nsheets/p/2.png\n64 16\n")
  }

  @Test func `no images are a table without rows`() throws {
    let outcome = try shell("\(cycle) < /dev/null")
    #expect(outcome.status == 0)
    #expect(table(outcome.output).count == 1)
  }

  @Test func `a name with a tab stays one cell`() throws {
    let outcome = try shell("cp p/0.ppm $'a\\tb\\n.ppm'; \(cycle) $'a\\tb\\n.ppm'")
    #expect(table(outcome.output).map(\.count) == [7, 7, 7, 7])
    #expect(table(outcome.output)[1][0] == #"a\tb\n.ppm"#)
  }

  @Test func `one weights file is not enough for both ways`() throws {
    let outcome = try shell("cg-cycle -w AB.bin p")
    #expect(outcome.status == 64)
    #expect(
      outcome.errors
        == "cg-cycle: AB.bin: the generator of the way back is missing, name its file with -W; only a "
        + "checkpoint or a run's folder has both\n"
    )
  }
}

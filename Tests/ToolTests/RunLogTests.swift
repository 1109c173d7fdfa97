import Foundation
import Testing

/// What remains to be read of a run that nobody has watched.
@Suite(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
struct RunLogTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makeImages(3, in: "a", width: 24, height: 24)
    try shell.makeImages(2, in: "b", width: 24, height: 24)
  }

  private static let command =
    "cg-train -A a -B b --seed 1 --netG resnet_1blocks --ngf 4 --ndf 4 -t 1"
    + " --load-size 24 --crop-size 24"

  @Test(arguments: [
    "--max-steps 3", "--max-steps 3 --print-freq 2", "--max-steps 4 --print-freq 2",
  ])
  func `the last step has a row in log.tsv, whatever the interval`(options: String) throws {
    let outcome = try shell("\(Self.command) -o run \(options); tail -n 1 run/log.tsv | cut -f 1")
    let steps = options.contains("4") ? "4" : "3"
    #expect(outcome.output == "\(steps)\n", "\(outcome.errors)")
    let rows = try shell("cut -f 1 run/log.tsv | uniq -d; tail -n 1 run/timing.tsv | cut -f 1")
    #expect(rows.output == "\(steps)\n")
  }

  @Test func `a run that is made longer has the rows of one that was longer from the start`() throws
  {
    let outcome = try shell(
      """
      \(Self.command) -o whole --max-steps 5 --print-freq 2
      \(Self.command) -o parts --max-steps 3 --print-freq 2
      \(Self.command) -o parts --max-steps 3 --print-freq 2; tail -n 1 parts/log.tsv | cut -f 1
      \(Self.command) -o parts --max-steps 5 --print-freq 2; cmp whole/log.tsv parts/log.tsv
      """)
    #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
    #expect(outcome.output == "3\n")
  }

  @Test func `weights that are written again leave the rows as they are`() throws {
    let outcome = try shell(
      """
      \(Self.command) -o run --max-steps 3; cp run/log.tsv before; rm run/gen_AB.bin
      \(Self.command) -o run --max-steps 3; ls run/gen_AB.bin; cmp run/log.tsv before
      """)
    #expect(outcome.output == "run/gen_AB.bin\n", "\(outcome.errors)")
    #expect(outcome.status == 0)
  }

  @Test func `the end names the weights, also where there was nothing to do`() throws {
    let outcome = try shell("for i in 1 2; do \(Self.command) -o run --max-steps 1 --ema 0.9; done")
    let names = ["gen_AB.bin", "gen_AB_ema.bin", "gen_BA.bin", "gen_BA_ema.bin"]
    let end = "the weights are " + names.map { "run/\($0)" }.joined(separator: ", ")
    #expect(outcome.errors.contains("finished after 1 steps"))
    #expect(outcome.errors.components(separatedBy: end).count == 3, "\(outcome.errors)")
  }
}

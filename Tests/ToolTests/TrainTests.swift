import Foundation
import Testing

/// The built cg-train, with signals.
@Suite(.enabled(if: Shell.has("cg-train")), .serialized) struct TrainTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makePictures(3, in: "a", width: 32, height: 32)
    try shell.makePictures(2, in: "b", width: 32, height: 32)
  }

  private static let command =
    "cg-train -A a -B b -o run --netG resnet_1blocks --ngf 4 --ndf 4 --load-size 32 --crop-size 32"

  /// Starts a run that would take days, and waits for its first row.
  ///
  /// A shell lets what it starts in the background ignore SIGINT; `env` takes that back.
  private func start(
    _ rest: String, options: String = ""
  ) throws -> Shell.Outcome {
    try shell(
      """
      set +e
      env --default-signal \(Self.command) \(options) --n-epochs 9999999 --print-freq 1 2>errors &
      until [ "$(cat run/log.tsv 2>/dev/null | wc -l)" -gt 1 ]; do sleep .02; done
      \(rest)
      """)
  }

  @Test(arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
  func `a signal saves the step in hand and then kills`(signal: String, status: Int) throws {
    let outcome = try start("kill -\(signal) $!; wait $!; echo $?; cat errors")
    #expect(outcome.output.hasPrefix("\(status)\n"))
    let step = try #require(
      outcome.output.firstMatch(of: #/stopped and saved after step (\d+)/#)?.1)
    let newest = shell.files(in: "run/checkpoints").last
    #expect(newest.flatMap { Int($0.prefix { $0 != "." }) } == Int(step))
  }

  @Test func `SIGUSR1 saves at the end of the step and training goes on`() throws {
    let outcome = try start(
      """
      kill -USR1 $!
      until grep -q 'saved after step' errors; do sleep .02; done
      kill -0 $! && echo alive; ls run/checkpoints; kill -KILL $!; cat errors
      """)
    let step = try #require(outcome.output.firstMatch(of: #/: saved after step (\d+)/#)?.1)
    let name = String(repeating: "0", count: 8 - step.count) + step + ".ckpt"
    #expect(outcome.output.hasPrefix("alive\n00000000.ckpt\n\(name)\n"))
  }

  @Test(arguments: [("TERM", "INT", 130), ("INT", "TERM", 143), ("TERM", "TERM", 143)])
  func `the second signal ends it at once, whichever it is`(
    first: String, second: String, status: Int
  ) throws {
    // A step of this size takes much longer than the pause.
    let outcome = try start(
      "kill -\(first) $!; sleep .02; kill -\(second) $!; wait $!; echo $?; cat errors",
      options: "--load-size 512 --crop-size 512 --netG resnet_9blocks --ngf 16")
    #expect(outcome.output == "\(status)\n", "\(outcome.errors)")
  }

  @Test func `intervals are read, and replace the other options that say when to save`() throws {
    let refused = try shell("\(Self.command) --save-every 10x")
    #expect(refused.status == 64)
    let both = try shell("\(Self.command) --save-every 10m --save-epoch-freq 1")
    #expect(both.status == 64)
    #expect(both.errors.contains("--save-every replaces --save-epoch-freq"))
    let run = try shell("\(Self.command) --save-every 2 --save-every 1h --max-steps 5 --ema 0.9")
    #expect(run.status == 0, "\(run.errors)")
    #expect(shell.files(in: "run/checkpoints") == ["00000004.ckpt", "00000005.ckpt"])
    #expect(shell.files(in: "run").contains("gen_BA_ema.bin"))
    let applied = try shell(
      "cg-apply -w run/gen_AB_ema.bin -o o.png a/0.ppm; cg-weights verify run/*.bin")
    #expect(applied.status == 0, "\(applied.errors)")
  }
}

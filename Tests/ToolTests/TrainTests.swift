import Foundation
import Testing

/// The built cg-train, with signals.
@Suite(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"), .serialized)
struct TrainTests {
  private let shell: Shell

  init() throws {
    shell = try Shell()
    try shell.makeImages(3, in: "a", width: 32, height: 32)
    try shell.makeImages(2, in: "b", width: 32, height: 32)
  }

  private static let command =
    "cg-train -A a -B b -o run --seed 1 --netG resnet_1blocks --ngf 4 --ndf 4"
    + " --load-size 32 --crop-size 32"

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

  @Test func `a signal does not hide that nothing could be saved`() throws {
    let outcome = try start("mv run/checkpoints away; kill -TERM $!; wait $!; echo $?; cat errors")
    #expect(outcome.output.hasPrefix("73\n") || outcome.output.hasPrefix("74\n"))
    #expect(outcome.output.contains(#/cg-train: run/checkpoints/\d+.ckpt: No such file/#))
    #expect(!outcome.output.contains("stopped and saved"))
  }

  @Test(.enabled(if: Shell.canMount))
  func `a full disk leaves the old checkpoint, which loads, and says what could not be written`()
    throws
  {
    let outcome = try shell(
      """
      mkdir run; mkdir keep
      unshare -Urm sh -c '
        mount -t tmpfs -o size=1m tmpfs run
        \(Self.command) --save-every 1 --max-steps 4 2>errors; echo $?
        cp -r run/. keep; umount run'
      cat errors; ls keep/checkpoints; cg-weights verify keep/checkpoints/*.ckpt
      mv keep run2; cg-train -A a -B b -o run2 --seed 1 --netG resnet_1blocks --ngf 4 --ndf 4 \
        --load-size 32 --crop-size 32 --save-every 1 --max-steps 4; echo $?
      """)
    #expect(outcome.output.hasPrefix("74\n"), "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("ckpt: No space left on device"), "\(outcome.output)")
    #expect(outcome.output.hasSuffix("\n0\n"), "\(outcome.output)\(outcome.errors)")
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

  @Test func `generators that repeat pixels are trained, shown and applied without a word`() throws
  {
    let run = try shell("\(Self.command) --upsample resize --max-steps 1")
    #expect(run.status == 0, "\(run.errors)")
    let applied = try shell("cg-apply -w run/gen_AB.bin -o o.png a/0.ppm")
    #expect(applied.status == 0, "\(applied.errors)")
    let shown = try shell("cg-weights verify run/*.bin; cg-weights show run/gen_BA.bin")
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(shown.output.contains(#/(?m)^  upsample +resize$/#))
    let refused = try shell("cg-apply -w run/gen_AB.bin --upsample transpose -o p.png a/0.ppm")
    #expect(refused.status == 65)
    #expect(refused.errors.contains("upsample: the options say transpose, the tensors say resize"))
  }

  @Test func `augmentations are read as words with commas`() throws {
    for words in ["color,blur", "", "color,", "color translation"] {
      let refused = try shell("\(Self.command) --diff-augment '\(words)'")
      #expect(refused.status == 64, "\(words)")
    }
    let run = try shell("\(Self.command) --diff-augment cutout,color --max-steps 1")
    #expect(run.status == 0, "\(run.errors)")
    let config = try shell("grep diff-augment run/config.json")
    #expect(config.output.contains(#""diff-augment": "color,cutout""#))
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
    #expect(
      run.errors.contains(
        #/finished after 5 steps, [\d.]+ images\/s, [\d.]+ % of the time waiting for data, /#))
    let applied = try shell(
      "cg-apply -w run/gen_AB_ema.bin -o o.png a/0.ppm; cg-weights verify run/*.bin")
    #expect(applied.status == 0, "\(applied.errors)")
  }

  /// Trains six steps on an official folder of four.
  private func trainOnFolders(_ rest: String) throws -> Shell.Outcome {
    try shell(
      """
      mkdir -p d; for name in trainA testA truth; do ln -sfn ../a d/$name; done
      for name in trainB testB; do ln -sfn ../b d/$name; done
      cg-train --dataroot d -o run --netG resnet_1blocks --ngf 4 --ndf 4 --load-size 32 \
        --crop-size 32 --n-epochs 1 --n-epochs-decay 1 \(rest)
      """)
  }

  @Test func `an official folder's test images are held out, and the best generator applies`()
    throws
  {
    let run = try trainOnFolders("--val-truth d/truth")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("by psnr_truth: run/best/gen_AB.bin"))
    let rows = try shell("cut -f 1,2 run/validation.tsv")
    #expect(rows.output == "step\tepoch\n3\t1\n6\t2\n")
    let applied = try shell("cg-apply -w run/best/gen_AB.bin -o o.png a/0.ppm")
    #expect(applied.status == 0, "\(applied.errors)")
  }

  @Test func `held-out images that make no sense are refused`() throws {
    for (rest, status, words) in [
      ("--val-a a", 64, "--val-a and --val-b go together"),
      ("--val-truth b", 65, "has no reference image of its name"),
      ("--val-a a --val-b missing", 66, "missing"),
      ("--val-count -1", 64, "--val-count"),
      ("--val-truth a --direction BtoA", 64, "--val-truth is about A to B"),
      ("--cache 10Q", 64, "--cache"), ("--threads 99999", 64, "--threads must be at most 1024"),
      ("--keep 1", 64, "--keep must be at least 2"),
    ] as [(String, Int32, String)] {
      let outcome = try trainOnFolders(rest)
      #expect(outcome.status == status, "\(rest): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(rest): \(outcome.errors)")
      #expect(shell.files(in: "run").isEmpty)
    }
  }

  @Test func `a seed that nobody gave is named, kept by the run, and another one the next time`()
    throws
  {
    let first = try trainOnFolders("--max-steps 2")
    let seed = try #require(
      first.errors.firstMatch(of: #/drawn at random; --seed (\d+) repeats/#)?.1)
    let second = try trainOnFolders("--keep 3")
    #expect(second.status == 0 && !second.errors.contains("drawn"), "\(second.errors)")
    #expect(shell.files(in: "run/checkpoints").count == 3)
    let same = try shell("mv run first"), again = try trainOnFolders("--seed \(seed)")
    #expect(same.status == 0 && again.status == 0)
    #expect(try shell("cmp first/gen_AB.bin run/gen_AB.bin").status == 0)
    let other = try shell("mv run again"), drawn = try trainOnFolders("")
    #expect(other.status == 0 && drawn.status == 0)
    #expect(try shell("cmp first/gen_AB.bin run/gen_AB.bin").status == 1)
  }

  @Test(arguments: ["kill.sh 2 KILL", "kill.sh 2 TERM", "lock.sh 3"])
  func `a run that is killed goes on bit for bit, and two never share a folder`(
    script: String
  ) throws {
    let outcome = try shell("\(Shell.root)/Tests/Reliability/\(script)", seconds: 180)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}

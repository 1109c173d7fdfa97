import Foundation
import Testing

/// What a killed writer leaves behind: `.NAME.XXXXXXXXXXXXX.tmp`.
@Suite struct LeftoverTests {
  private let shell: Shell

  init() throws {
    shell = try Filter.shell()
    try shell.write(
      """
      #include <signal.h>
      int rename(const char *from, const char *to) { raise(SIGKILL); return -1; }
      """, to: "kill.c")
  }

  /// Kills a command when it gives a file its name, and lists the hidden files.
  private func killing(_ command: String) -> String {
    """
    cc -shared -fPIC -o kill.so kill.c
    (LD_PRELOAD=$PWD/kill.so \(command)) 2>/dev/null || echo $?
    """
  }

  private static let hidden = "find . -name '.*.tmp' | wc -l"

  @Test(
    .enabled(if: LibraryMemoryTests.hasCompiler, "no C compiler"),
    arguments: [
      ("cg-prep -j 1:1 -o o/ p/0.ppm", "cg-prep -o o/ p/1.ppm"),
      ("cg-prep -j 1:1 -o o/ p/0.ppm", "cg-prep -o o/p/x.npy p/1.ppm"),
      ("cg-apply -w AB.bin -o x.png p/0.ppm", "cg-apply -w AB.bin -o y.png p/1.ppm"),
      ("cg-weights import AB.bin -o x.bin", "cg-weights import BA.bin -o y.bin"),
      ("cg-weights export AB.bin -o x.pth", "cg-prep -o x.png --depfile d p/1.ppm"),
    ])
  func `what a killed writer leaves is removed by the next one in the folder`(
    killed: String, next: String
  ) throws {
    let outcome = try shell(
      "\(killing(killed)); \(Self.hidden); \(next) >/dev/null; \(Self.hidden)")
    #expect(outcome.output == "137\n1\n0\n", "\(outcome.errors)")
  }

  @Test func `what is of somebody else, or still being written, stays`() throws {
    let outcome = try shell(
      """
      mkdir o; cd o
      : >.a.png.0123456789abc.tmp; : >.b.png.0123456789abc.tmp; : >.c.d.e.zzzzzzzzzzzzz.tmp
      : >.notes.tmp; : >.a.png.abc.tmp; : >.a.png.0123456789ABC.tmp; : >a.png.0123456789abc.tmp
      : >.a.png.0123456789abc.tmp.png; mkdir .f.png.0123456789abc.tmp
      ln -s ../p/0.ppm .l.png.0123456789abc.tmp; mkfifo .q.png.0123456789abc.tmp
      exec 3<.b.png.0123456789abc.tmp; flock 3; cd ..
      cg-prep -o o/ p >/dev/null; ls -A o | sort
      """)
    #expect(
      outcome.output == """
        .a.png.0123456789ABC.tmp
        .a.png.0123456789abc.tmp.png
        .a.png.abc.tmp
        .b.png.0123456789abc.tmp
        .f.png.0123456789abc.tmp
        .l.png.0123456789abc.tmp
        .notes.tmp
        .q.png.0123456789abc.tmp
        a.png.0123456789abc.tmp
        p

        """, "\(outcome.errors)")
  }

  @Test func `writers that run side by side take nothing from each other`() throws {
    let outcome = try shell(
      """
      mkdir o
      for i in 1 2 3 4 5 6; do
        for k in 1 2 3 4; do cg-prep -q --print0 -o o/$i-$k.png p/0.ppm; done &
      done
      wait; ls o | wc -l; \(Self.hidden)
      """)
    #expect(outcome.output == "24\n0\n", "\(outcome.errors)")
  }

  @Test(.enabled(if: geteuid() == 0, "needs root"))
  func `what another user left stays`() throws {
    let outcome = try shell(
      """
      mkdir o; : >o/.a.png.0123456789abc.tmp; chown 12345 o/.a.png.0123456789abc.tmp
      cg-prep -o o/x.png p/0.ppm; \(Self.hidden)
      """)
    #expect(outcome.output == "1\n", "\(outcome.errors)")
  }

  @Test(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
  func `a run removes what a killed one left in any of its folders`() throws {
    let run =
      "cg-train -q -A p -B p -o run --seed 1 --netG resnet_1blocks --ngf 4 --ndf 4 -t 1"
      + " --load-size 24 --crop-size 24 --max-steps"
    let outcome = try shell(
      """
      \(run) 1 2>/dev/null
      for file in gen_AB.bin checkpoints/00000001.ckpt samples/00000001.png index.html; do
        name=${file##*/}; : >"run/${file%"$name"}.$name.0123456789abc.tmp"
      done
      : >run/..gen_AB.bin.tmp.0123456789abc.tmp; : >run/.gen_BA.bin.tmp
      \(Self.hidden); \(run) 2 2>/dev/null; \(Self.hidden)
      """)
    #expect(outcome.output == "6\n0\n", "\(outcome.errors)")
  }
}

import Testing

/// A run whose state does not fit into memory.
@Suite(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
struct RunMemoryTests {
  private let shell: Shell

  /// A run with a state of 143 MB.
  init() throws {
    shell = try Shell()
    try shell.makeImages(1, in: "a", width: 24, height: 24)
    let outcome = try shell("\(Self.command) --max-steps 1 2>/dev/null; ls run/checkpoints >before")
    #expect(outcome.status == 0)
  }

  private static let command =
    "cg-train -A a -B a -o run --seed 1 --netG resnet_6blocks --ngf 48 --ndf 48 -t 1"
    + " --load-size 24 --crop-size 24"

  /// Runs a command with three limits that leave LibTorch and little more, and prints statuses.
  private static func limited(_ command: String) -> String {
    """
    limit=400000
    until (ulimit -v $limit; cg-train --version) >/dev/null 2>&1; do
      limit=$((limit + 20000)); ((limit < 20000000)) || exit 1
    done
    for more in 50000 80000 120000; do
      (ulimit -v $((limit + more)); \(command)) 2>>errors || echo $?
    done
    """
  }

  @Test func `is 71 with the way out, and no checkpoint is taken for damaged`() throws {
    let outcome = try shell(
      """
      \(Self.limited("\(Self.command) --max-steps 2"))
      cat errors >&2; ls run/checkpoints | cmp - before
      \(Self.command) --max-steps 2 2>/dev/null; cg-weights verify run/gen_AB.bin
      """)
    #expect(outcome.output.hasPrefix("71\n71\n71\n"), "\(outcome.output)\(outcome.errors)")
    #expect(outcome.status == 0)
    #expect(!outcome.errors.contains("damaged"))
    #expect(
      outcome.errors.contains(
        #/run\/checkpoints\/00000001.ckpt: out of memory: \d+ bytes more cannot be allocated; free/#
      ))
  }

  @Test func `is 71 also as initial weights, and no folder is left`() throws {
    let command = Self.command.replacing("-o run", with: "-o new")
    let outcome = try shell(
      """
      \(Self.limited("\(command) --init-from run/checkpoints/00000001.ckpt --max-steps 1"))
      cat errors >&2; ls
      """)
    #expect(
      outcome.output == "71\n71\n71\na\nbefore\nerrors\nrun\n", "\(outcome.output)\(outcome.errors)"
    )
    #expect(outcome.errors.contains("cannot be allocated; free memory, or raise its limit"))
  }
}

import CycleGAN
import Testing

/// What is said of values that an option does not take, and spellings that all tools take.
@Suite struct AcceptedValueTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test(arguments: [
    ("cg-prep --crop -3x3 p", "it takes a size such as 640x480, or 256 for a square"),
    ("cg-prep --resize 50% p", "it takes a size such as 640x480"),
    ("cg-prep --resize 256X256 p", "it takes a size such as 640x480"),
    ("cg-prep --resize 0 p", "it takes a size such as 640x480"),
    ("cg-prep --seed -1 p", "it takes a whole number, at least 0"),
    ("cg-prep --seed=1.5 p", "it takes a whole number, at least 0"),
    ("cg-prep --scale-width -5 p", "--scale-width must be at least 1, not -5"),
    ("cg-prep --scale-width 5px p", "it takes a whole number of pixels"),
    ("cg-prep --quality -1 p", "--quality is from 1 to 100, not -1"),
    ("cg-apply -w AB.bin -j 0 p", "it takes 1 to 1024 threads, such as 4, or 4:2"),
    ("cg-apply -w AB.bin -j -2 p", "it takes 1 to 1024 threads, such as 4, or 4:2"),
    ("cg-apply -w AB.bin -t -1 p", "-t is from 1 to 1024, not -1"),
    ("cg-apply -w AB.bin --max-memory 5X p", "such as 1000000, 500k, 500M, 2G or 1.5G"),
    ("cg-apply -w AB.bin --max-pixels -4 p", "it takes a whole number of at least 1"),
  ])
  func `a value that is not taken is answered with what is`(
    command: String, accepted: String
  ) throws {
    let outcome = try shell(command)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(accepted), "\(outcome.errors)")
  }

  @Test(
    .enabled(if: Shell.hasTrainer, "this build leaves out cg-train"),
    arguments: [
      ("--lr -1", "at least 0"), ("--seed -1", "it takes a whole number, at least 0"),
      ("--lr abc", "it takes a number"), ("--n-epochs -1", "at least"),
      ("--cache 5X", "such as 1000000, 500k, 500M, 2G or 1.5G"),
    ])
  func `cg-train answers alike`(options: String, accepted: String) throws {
    let outcome = try shell("cg-train -A p -B p -o run \(options)")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(accepted), "\(outcome.errors)")
  }

  @Test(arguments: ["500k", "500K", "500M", "2G", "1.5G", "0.5g", "1048576", "unlimited"])
  func `sizes take suffixes in every option that takes bytes`(size: String) throws {
    for option in ["--max-memory", "--max-bytes"] {
      for filter in Filter.allCases {
        let outcome = try shell("\(filter.command) \(option) \(size) p > /dev/null")
        #expect(outcome.status == 0, "\(option) \(size): \(outcome.errors)")
      }
    }
    let outcome = try shell("cg-prep --max-bytes 0.5k whole.png p > /dev/null")
    #expect(outcome.errors.contains("512"), "\(outcome.errors)")
  }

  @Test(arguments: ["AB", "BA", "AtoB", "BtoA"])
  func `both spellings of a direction are taken everywhere`(direction: String) throws {
    #expect(try shell("cg-cycle -w AB.bin -W BA.bin --direction \(direction) p").status == 0)
    #expect(try shell("cg-apply -w AB.bin --direction \(direction) p > /dev/null").status == 0)
    if Shell.hasTrainer {
      let outcome = try shell("cg-train -A p -B p -o run --direction \(direction) --lr=-1")
      #expect(outcome.errors.contains("lr"), "\(outcome.errors)")
    }
  }
}

import Testing

/// One output that cannot be made fails its image and no other.
@Suite struct OutputFaultTests {
  let shell: Shell

  init() throws {
    shell = try Filter.shell()
    try shell.makeImages(12, in: "d", width: 8, height: 8)
  }

  /// Makes the output of `d/5.ppm` impossible.
  static let faults = [
    "mkdir -p out/d/5.png out/d/5.ppm",
    "ln -s loop out/loop; ln -s ../loop out/d/5.png; ln -s ../loop out/d/5.ppm",
    "ln -s /none/x out/d/5.png; ln -s /none/x out/d/5.ppm",
    "long=$(printf 'n%.0s' {1..252}); mv d/5.ppm d/$long",
    "mkdir d/e; mv d/5.ppm d/e/; touch out/d/e", "mkdir d/e; mv d/5.ppm d/e/; ln -s none out/d/e",
  ]

  @Test(arguments: ["cg-prep", "cg-apply -w AB.bin"], faults)
  func `an output that cannot be made is named and counted, and all others are made`(
    command: String, fault: String
  ) throws {
    let outcome = try shell(
      """
      mkdir -p out/d; \(fault)
      \(command) d -o out --format png --failures failed >made || echo $?
      tr '\\0' '\\n' <failed | grep -c . || true; wc -l <made; xargs ls -d <made | wc -l
      find out -type f -name '*.png' | wc -l; find out -name '*.tmp'
      """)
    #expect(outcome.output == "73\n1\n11\n11\n11\n", "\(outcome.errors)")
    #expect(outcome.errors.contains(": out/d/"), "\(outcome.errors)")
    #expect(outcome.errors.hasSuffix(": 11 of 12 images done, 1 failed\n"), "\(outcome.errors)")
  }

  @Test func `one file that cannot be made is in the list of failures`() throws {
    let outcome = try shell(
      """
      long=$(printf 'n%.0s' {1..252}); touch file
      for output in $long.png file/x.png; do
        cg-prep d/5.ppm -o $output --failures failed || echo $?; tr '\\0' '\\n' <failed
      done
      """)
    #expect(outcome.output == "73\nd/5.ppm\n73\nd/5.ppm\n", "\(outcome.errors)")
  }

  @Test func `a contact sheet that cannot be made fails its image only`() throws {
    let outcome = try shell(
      """
      mkdir -p out/d/5.png
      cg-cycle -w AB.bin -W BA.bin d -o out --failures failed >table || echo $?
      tr '\\0' '\\n' <failed; find out -type f | wc -l; grep -c ^d/ table
      """)
    #expect(outcome.output == "73\nd/5.ppm\n11\n11\n", "\(outcome.errors)")
  }

  @Test func `a missing operand weighs more than an output that cannot be made`() throws {
    let outcome = try shell("mkdir -p out/d/5.ppm; cg-prep d none.png -o out >made")
    #expect(outcome.status == 66)
    #expect(outcome.errors.hasSuffix(": 11 of 13 images done, 2 failed\n"), "\(outcome.errors)")
  }

  @Test(
    .enabled(if: Shell.canMount, "needs user namespaces"), arguments: [1, 2, 8])
  func `a full disk ends the run, and what is on it is printed and counted`(jobs: Int) throws {
    let outcome = try shell(
      """
      mkdir disk
      unshare -Urm bash -c '
        mount -t tmpfs -o size=72k tmpfs disk
        cg-prep d -j \(jobs) --resize 100 -o disk/ --format ppm >made || echo $?
        sort made | cmp - <(find disk -type f | sort); wc -l <made >count'
      """)
    #expect(outcome.output == "74\n", "\(outcome.errors)")
    let count = String(decoding: try shell.bytes(of: "count"), as: UTF8.self).dropLast()
    #expect(outcome.errors.contains("No space left on device"))
    #expect(
      outcome.errors.hasSuffix("cg-prep: stopped, \(count) images done\n"), "\(outcome.errors)")
  }

  @Test(arguments: [
    "cg-prep d/0.ppm -o a/b/x.png", "cg-prep d/0.ppm -o x.png --depfile a/b/x.d",
    "cg-prep d/0.ppm -o x.png --failures a/b/f", "cg-prep d -o a/b/c/",
    "cg-apply -w AB.bin d/0.ppm -o ./a//b/x.jpg",
  ])
  func `the folder of an output is made`(command: String) throws {
    let outcome = try shell("\(command) >made; ls a/b | wc -l")
    #expect(outcome.output == "1\n", "\(outcome.errors)")
  }

  @Test(arguments: [
    ("cg-prep -o ../out/ * ''", "66\n12\n"), ("cg-prep -o ../out/ '' * none", "66\n12\n"),
    ("cg-apply -w ../AB.bin -o ../out/ '' *", "66\n12\n"),
    ("cg-cycle -w ../AB.bin -W ../BA.bin -o ../out/ '' *", "66\n12\n"),
    ("find . | cg-prep -o ../out/", "1\n12\n"),
  ])
  func `what has no name fails alone`(command: String, expected: String) throws {
    let outcome = try shell(
      "cd d; status=0; \(command) >../made || status=$?; echo $status; find ../out -type f | wc -l")
    #expect(outcome.output == expected, "\(outcome.errors)")
    #expect(!outcome.errors.contains("it has no name"))
  }

  @Test(
    .enabled(
      if: Shell.runs("prlimit --nproc=20 setpriv --reuid=23456 --clear-groups true"),
      "needs prlimit, setpriv and root"),
    arguments: Filter.allCases)
  func `threads that cannot be started are 71 with the reason, and never a hang`(
    filter: Filter
  ) throws {
    _ = try shell("cp $(command -v \(filter.rawValue)) .; chmod -R a+rX .")
    for count in 1...6 {
      let outcome = try shell(
        "prlimit --nproc=\(count) setpriv --reuid=23456 --clear-groups ./\(filter.command) -t 8 d >out",
        seconds: 20)
      #expect([0, 71].contains(outcome.status), "\(count): \(outcome.errors)")
      #expect(
        outcome.status == 0 || outcome.errors.contains("cannot start a thread"),
        "\(outcome.errors)")
      #expect(count > 2 || outcome.status == 71)
    }
  }
}

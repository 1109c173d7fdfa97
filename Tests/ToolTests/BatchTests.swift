import Foundation
import Testing

/// What make, xargs and parallel users need.
@Suite struct BatchTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test func `999 of 1,000 are done, the bad one is named once, within bounded memory`() throws {
    try shell.makeImages(999, in: "many", width: 8, height: 8)
    let outcome = try shell(
      """
      cp bad.png many/500x.png
      find many -type f > list
      (ulimit -v 600000; cg-prep -o out/ --failures failed < list > made) || echo $?; wc -l < made; find out -type f | wc -l; tr '\\0' '|' < failed
      """)
    #expect(outcome.output == "1\n999\n999\nmany/500x.png|")
    #expect(
      outcome.errors == """
        cg-prep: many/500x.png: truncated PNG: it ends after 148 bytes
        cg-prep: 999 of 1000 images done, 1 failed

        """)
  }

  @Test func `any number of threads writes the same bytes in the same order`() throws {
    try shell.makeImages(1100, in: "many", width: 8, height: 8)
    let outcome = try shell(
      """
      sums() { cat "$1.list"; while read -r file; do cat "$1/$file"; done <"$1.list" | cksum; }
      for jobs in 1 2 200:200 300:3 3:300 1024:1024; do
        timeout 300 cg-prep -j $jobs --crop 5 -o o$jobs/ many | sed "s,^o$jobs/,," >o$jobs.list
        echo $(sums o$jobs | cksum) $(wc -l <o$jobs.list)
        timeout 300 cg-prep -j $jobs --crop 5 many | cksum
      done | sort | uniq -c | wc -l
      wc -l <o1024:1024.list
      """, seconds: 600)
    #expect(outcome.output == "2\n1100\n")
    #expect(outcome.errors == "")
  }

  @Test(arguments: ["1", "2", "300:300", "1024:1024"])
  func `a full disk ends any number of threads`(jobs: String) throws {
    try shell.makeImages(400, in: "many", width: 8, height: 8)
    let outcome = try shell(
      "timeout 300 cg-prep -j \(jobs) many > /dev/full || echo $?")
    #expect(outcome.output == "74\n")
    #expect(outcome.errors == "cg-prep: standard output: No space left on device\n")
  }

  @Test func `--update makes only what is older than its input or the weights`() throws {
    let outcome = try shell(
      """
      run() { echo "$@:"; cg-apply -w AB.bin p -o out/ "$@"; }
      run; run --update; touch -d '+1 min' p/1.ppm; run --update
      rm out/p/0.ppm; run --skip-existing; run --update -n
      touch -d '-1 hour' p/*; run --update; touch -d '+1 hour' AB.bin; run --update | wc -l
      """)
    #expect(
      outcome.output == """
        :
        out/p/0.ppm
        out/p/1.ppm
        out/p/2.ppm
        --update:
        --update:
        out/p/1.ppm
        --skip-existing:
        out/p/0.ppm
        --update -n:
        p/1.ppm\tout/p/1.ppm
        --update:
        4

        """)
  }

  @Test func `a dry run prints every input with its output, and makes nothing`() throws {
    let outcome = try shell(
      """
      cg-prep p/0.ppm whole.png -o out/ -n; cg-prep p/0.ppm -o x.png -n
      cg-prep p/0.ppm bad.png -q 2> e | cg-prep -o out/ -n --print0 | tr '\\0' '|'; [[ ! -e out ]]; [[ ! -e x.png ]]
      """)
    #expect(
      outcome.output
        == "p/0.ppm\tout/p/0.ppm\nwhole.png\tout/whole.png\np/0.ppm\tx.png\np/0.ppm\tout/p/0.ppm|")
  }

  @Test(
    .enabled(if: Shell.has("make"), "needs make"),
    arguments: ["c $ #d:e.ppm", "back\\slash.ppm", "end\\ .ppm"])
  func `make reads the depfile, whatever the names are`(name: String) throws {
    let outcome = try shell(
      """
      cp p/0.ppm '\(name)'; cg-apply -w AB.bin '\(name)' -o out/ --depfile rules.mk > made
      remake() { make -sf <(sed 's/$/ ; @echo remade/' rules.mk); echo .; }
      remake; touch -d '+1 min' '\(name)'; remake
      touch -d '-1 hour' '\(name)'; touch -d '+1 min' AB.bin; remake
      """)
    #expect(outcome.output == ".\nremade\n.\nremade\n.\n", "\(outcome.output)\(outcome.errors)")
  }

  @Test(.enabled(if: Shell.has("xargs"), "needs xargs"))
  func `xargs in parallel does all good files and reports 123`() throws {
    try shell.makeImages(30, in: "many", width: 8, height: 8)
    let outcome = try shell(
      """
      cp bad.png many/bad.png
      find many -type f -print0 | xargs -0 -P2 -n 4 cg-apply -w AB.bin -o out/ > made 2> e || echo $?
      find many -type f -print0 | cg-apply -0 -w AB.bin -o whole/ --print0 2> e | xargs -0 -n 1 | wc -l || true
      diff -r out whole; wc -l < made
      """)
    #expect(outcome.output == "123\n30\n30\n")
  }

  @Test(.enabled(if: Shell.has("parallel"), "needs parallel"))
  func `parallel --pipe shards a list`() throws {
    try shell.makeImages(30, in: "many", width: 8, height: 8)
    let outcome = try shell(
      "find many -type f -print0 | parallel -0 --pipe -N 10 cg-prep -0 -o out/ | wc -l")
    #expect(outcome.output == "30\n", "\(outcome.errors)")
  }

  @Test(.enabled(if: Shell.canMount, "needs user namespaces"))
  func `a full disk ends a batch at once, with no partial file`() throws {
    let outcome = try shell(
      """
      mkdir disk
      unshare -Urm bash -c '
        mount -t tmpfs -o size=72k tmpfs disk
        cg-prep p -j 1 --resize 100 -o disk/ --format ppm || echo $?; find disk -type f | sort'
      """)
    #expect(outcome.output == "disk/p/0.ppm\ndisk/p/1.ppm\n74\ndisk/p/0.ppm\ndisk/p/1.ppm\n")
    #expect(
      outcome.errors == """
        cg-prep: disk/p/2.ppm: No space left on device
        cg-prep: stopped, 2 images done

        """)
  }
}

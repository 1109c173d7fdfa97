import Testing

/// No output replaces what the user has: an input, a list, the weights, another output.
@Suite struct ReplacingTests {
  let shell: Shell

  init() throws {
    shell = try Filter.shell()
    try shell.makeGenerator("own.png", seed: 3)
    let outcome = try shell(
      """
      cg-prep -o a.ppm p/0.ppm; cg-prep -o a.png a.ppm; cg-prep -o a.npy a.ppm; cg-prep p >s.npys
      ln -s a.png link.png; ln a.png hard.png; ln -s "$PWD" here; echo a.png >list.png
      mkdir -p out/p; ln -s ../../AB.bin out/p/0.ppm; ln -s ../a.png out/a.ppm
      tar -cf before.tar --exclude before.tar .
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test(arguments: [
    ("cg-prep -o a.png a.png", "a.png"), ("cg-prep -o a.png ./a.png", "./a.png"),
    ("cg-prep -o link.png a.png", "a.png"), ("cg-prep -o a.png link.png", "link.png"),
    ("cg-prep -o hard.png a.png", "a.png"), ("cg-prep -o here/a.png a.png", "a.png"),
    ("cg-prep -o a.npy a.npy", "a.npy"), ("cg-prep -o a.png <a.png", "standard input"),
    ("cg-prep -o a.png - <a.png", "standard input"),
    ("cg-prep -o list.png --files-from list.png", "the list list.png"),
    ("cg-apply -w AB.bin -o a.ppm a.ppm", "a.ppm"),
    ("cg-apply -w own.png -o own.png a.ppm", "the weights file own.png"),
    ("cg-apply -w AB.bin --format png -o AB.bin a.ppm", "the weights file AB.bin"),
    ("cg-apply -w AB.bin -o out/ p", "the weights file AB.bin"),
    ("cg-prep -o out/ a.png --format ppm", "a.png"),
    ("cg-prep --depfile a.png -o x.png a.png", "a.png"),
    ("cg-prep --depfile p/1.ppm -o out2/ p", "p/1.ppm"),
    ("cg-prep --depfile x.png -o x.png a.png", "two outputs"),
    ("cg-prep --failures x --depfile x -o x.png a.png", "two outputs"),
    ("cg-prep --failures p/1.ppm p >/dev/null", "p/1.ppm"),
    ("cg-prep --failures a.png a.png >/dev/null", "a.png"),
    ("cg-prep --failures list.png --files-from list.png >/dev/null", "list.png"),
    ("cg-apply -w AB.bin --failures AB.bin a.png >/dev/null", "the weights file AB.bin"),
    ("cg-cycle -w AB.bin -W BA.bin --failures BA.bin a.png", "the weights file BA.bin"),
    ("cg-cycle -w AB.bin -W BA.bin -o here a.png", "a.png"),
    ("cg-weights import AB.bin -o AB.bin", "AB.bin"),
    ("cg-weights import -o AB.bin <AB.bin", "standard input"),
    ("cg-weights export AB.bin --format onnx -o here/AB.bin", "AB.bin"),
    ("cg-weights average AB.bin AB.bin -o AB.bin", "AB.bin"),
  ])
  func `an output that is an input or the weights is 73, and nothing is changed`(
    command: String, name: String
  ) throws {
    let outcome = try shell(
      "status=0; \(command) || status=$?; tar -df before.tar; [[ ! -e x.png && ! -e x ]]; exit $status"
    )
    #expect(outcome.status == 73, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains(name), "\(outcome.errors)")
  }

  @Test(arguments: [
    "cg-prep -f --resize 4 -o a.png a.png", "cg-prep -f --resize 4 -o ./ a.png",
    "cg-apply -f -w AB.bin -o a.png a.png", "cg-weights average -f AB.bin BA.bin -o AB.bin",
    "cg-apply -f -w AB.bin --format png -o BA.bin a.png",
  ])
  func `-f replaces it`(command: String) throws {
    let outcome = try shell("\(command); (tar -df before.tar || true) | grep -c differ")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func `outputs that are devices may have one name`() throws {
    let outcome = try shell(
      "cg-prep --depfile /dev/null --failures /dev/null -o /dev/null --format png a.png")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }
}

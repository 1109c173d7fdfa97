import Testing

/// Images one behind the other, in a pipe, a FIFO and a file.
@Suite struct ConcatenatedInputTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test(arguments: ["jpg", "png", "webp", "ppm"])
  func `a filter reads back what another one wrote, whatever the format`(format: String) throws {
    let outcome = try shell(
      """
      cg-prep --format \(format) -o - p > all; mkfifo fifo
      cg-prep -o out/ < all; cat all | cg-prep -o piped/; cg-prep all -o file/
      cat all > fifo & cg-prep fifo -o named/
      ls out piped file named | grep -c png
      cg-prep -o single/ p --format \(format) > /dev/null; cat single/p/* | cmp - all
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(outcome.output.hasSuffix("\n12\n"), "\(outcome.output)")
    #expect(outcome.output.contains("file/all-000003.png\n"))
  }

  @Test(arguments: Filter.allCases)
  func `every filter takes a mixture of formats`(filter: Filter) throws {
    let outcome = try shell(
      """
      for format in jpg png webp ppm; do cg-prep --format $format -o - p; done > all
      (\(filter.command) --plain < all || \(filter.command) < all) | cat > out
      cg-prep -o back/ < all | wc -l
      """)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "12\n")
  }

  @Test(arguments: ["jpg", "png", "webp"])
  func `every image of a slow pipe comes out before the next one arrives`(
    format: String
  ) throws {
    let outcome = try shell(
      """
      cg-prep p/0.ppm --format \(format) -o - > one; cg-prep one --plain > frame; mkfifo in out
      cg-prep --plain < in > out & exec 3> in 4< out
      for i in 1 2 3; do cat one >&3; head -c $(stat -c %s frame) <&4 | cmp - frame; done
      """, seconds: 20)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test(arguments: ["< photo", "photo", "<(cat photo)"])
  func `a trailer is named, and refused where warnings are`(input: String) throws {
    let outcome = try shell(
      """
      cg-prep p/0.ppm --format jpg -o - > photo; head -c 5000 /dev/zero | tr '\\0' x >> photo
      cg-prep -o out/ \(input); cg-prep --fail-on warning -o out2/ \(input) || echo $?
      """)
    #expect(outcome.errors.contains("5000 bytes after the first image are not used"))
    #expect(outcome.output.hasSuffix("1\n") || outcome.output.hasSuffix("65\n"))
  }

  @Test func `a damaged image fails alone where the next one's beginning is known`() throws {
    let outcome = try shell(
      """
      cp whole.png damaged.png
      printf 'x' | dd of=damaged.png bs=1 seek=$(($(stat -c %s whole.png) - 20)) conv=notrunc status=none
      cat whole.png damaged.png whole.png | cg-prep -o out/ || echo $?
      """)
    #expect(outcome.output == "out/000001.png\nout/000003.png\n1\n", "\(outcome.errors)")
  }
}

import Testing

/// Where filters write, and what is there afterwards; `cg-prep` stands for all that write images.
@Suite struct OutputTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test func `a folder mirrors the inputs, and every path is printed once its file is there`()
    throws
  {
    let outcome = try shell(
      """
      mkdir -p q/r; cp whole.png q/r/x.PNG; cp whole.png q/y.txt; cp whole.png q/z
      cg-prep p/0.ppm q "$PWD/whole.png" -o out/ | while read -r path; do cg-prep "$path" --plain | cksum; done | wc -l
      find out -type f | sed "s#out$PWD#out/PWD#" | sort
      """)
    #expect(
      outcome.output == """
        5
        out/PWD/whole.png
        out/p/0.ppm
        out/q/r/x.PNG
        out/q/y.txt.png
        out/q/z.png

        """)
  }

  @Test(arguments: ["out", "out/", "new/deep/", "link", "."])
  func `a folder is one that is there, or whose name ends in a slash`(folder: String) throws {
    let outcome = try shell(
      "mkdir out; ln -s out link; cg-prep whole.png -o \(folder) --format jpg")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasSuffix("/whole.jpg\n"))
  }

  @Test(arguments: [
    (
      "mkdir d; cp p/0.ppm d/x; cp p/0.ppm d/x.png; cg-prep d -o out/",
      "would both become out/d/x.png"
    ),
    ("cp whole.png p/0.png; cg-prep p -o out/ --format png", "would both become out/p/0.png"),
    ("cg-prep p/0.ppm ./p/0.ppm -o out/", "p/0.ppm and ./p/0.ppm would both become out/p/0.ppm"),
    ("cg-prep p/1.ppm whole.png -o ./", "p/1.ppm would be replaced by its own output"),
    ("cg-prep p/../whole.png -o out/", "its output would leave the folder because of the .."),
    (
      "cg-cycle -w AB.bin -W BA.bin whole.png -o .", "whole.png would be replaced by its own output"
    ),
    (
      "cp p/0.ppm whole.ppm; cg-cycle -w AB.bin -W BA.bin -o s whole.*",
      "would both become s/whole.png"
    ),
    ("cg-prep p/0.ppm -o whole.png/", "whole.png: not a folder"),
    ("cg-prep p/0.ppm -o out/ --failures whole.png/f", "whole.png: not a folder"),
  ])
  func `outputs that cannot be or collide are 73, and nothing is made or lost`(
    command: String, reason: String
  ) throws {
    let outcome = try shell(
      "cp whole.png safe.png; status=0; \(command) || status=$?; cmp whole.png safe.png; exit $status"
    )
    #expect(outcome.status == 73)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    #expect(!shell.files(in: ".").contains { $0.hasPrefix("out/") || $0.hasSuffix(".tmp") })
  }

  @Test func `a frame never replaces the file it is named after, nor another frame's`() throws {
    let outcome = try shell(
      """
      cp whole.png safe.png
      cg-prep whole.png | cg-apply -w AB.bin -o ./ || true
      cmp whole.png safe.png
      (cg-prep whole.png; cg-prep whole.png) | cg-prep -o out/ || echo $?
      cp p/0.ppm whole; cg-prep whole whole.png | cg-prep -o out2/ || echo $?
      """)
    #expect(outcome.output == "out/whole.png\nout2/whole.png\n73\n", "\(outcome.errors)")
    #expect(outcome.errors.contains("whole.png: it would be replaced by its own output"))
    #expect(
      outcome.errors.contains("whole.png: its output out2/whole.png is that of whole; keep both"))
  }

  @Test(arguments: ["x.png", "x.JPG", "x.webp", "x.ppm", "x.npy", "x --format png"])
  func `one file is one image, of the kind its name says`(file: String) throws {
    let one = try shell("cg-prep whole.png -o \(file)")
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.output.isEmpty)
    let name = try #require(file.split(separator: " ").first)
    let old = try shell.bytes(of: String(name))
    for more in ["p", "< s", "s"] {
      let outcome = try shell("cg-prep p > s; cg-prep \(more) -o \(file)")
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("\(name) can hold one image, and "))
      #expect(try shell.bytes(of: String(name)) == old)
    }
  }

  @Test(arguments: [
    ("whole.png -o x.txt", "x.txt: unknown format; end the name in .png"),
    ("whole.png -o x", "x: unknown format;"), ("whole.png -o ''", "-o needs a file"),
    ("whole.png --format png", "it needs -o, perhaps -o -"),
    ("whole.png --depfile d", "--depfile is for files: it needs -o"),
    ("whole.png -n", "--dry-run is for files: it needs -o"),
    ("whole.png -o x.png --plain", "--plain is for streams"),
    ("whole.png -o o/ --update --skip-existing", "exclude each other"),
    ("whole.png -o o/ --quality 101", "--quality is from 1 to 100, not 101"),
    ("whole.png -o o/ --format gif", "'png', 'jpg', 'webp', 'ppm' or 'npy'"),
  ])
  func `what makes no sense is 64 with the way out`(arguments: String, reason: String) throws {
    let outcome = try shell("cg-prep \(arguments)")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
  }

  @Test func `what is no regular file is written straight, and a link is followed`() throws {
    let outcome = try shell(
      """
      cg-prep whole.png -o whole.ppm; : > target.ppm; chmod 640 target.ppm
      ln -s target.ppm link.ppm; cg-prep whole.png -o link.ppm; cmp link.ppm whole.ppm
      [[ -L link.ppm ]]; stat -c %a target.ppm
      ln -s later.ppm dangling.ppm; cg-prep whole.png -o dangling.ppm; cmp later.ppm whole.ppm
      cg-prep whole.png -o /dev/null; [[ -c /dev/null ]]
      cg-prep whole.png -o /dev/stdout --format ppm | cmp - whole.ppm
      cg-prep whole.png -o >(cmp - whole.ppm && touch same) --format ppm
      mkfifo fifo; cmp fifo whole.ppm & cg-prep whole.png -o fifo --format ppm; wait $!
      until [[ -e same ]]; do sleep .02; done
      """, seconds: 20)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "640\n")
  }

  @Test func `images on stdout are those that files would have`() throws {
    let outcome = try shell(
      """
      for format in png jpg webp ppm; do
        cg-prep whole.png -o x.$format --quality 70; cg-prep -o - --format $format --quality 70 < whole.png | cmp - x.$format
      done
      cg-prep whole.png -o l.webp --lossless; cg-prep l.webp -o - --format ppm | cmp - x.ppm
      cg-prep p -o - --format ppm | cmp - <(cat p/*)
      """)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}

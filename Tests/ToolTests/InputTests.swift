import Testing

/// What filters read, and how they tell what it is; `cg-prep` stands for all.
@Suite struct InputTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  @Test(arguments: [
    "p/1.ppm", "- < p/1.ppm", "< p/1.ppm", "/dev/stdin < p/1.ppm", "<(cat p/1.ppm)",
    "/dev/fd/3 3< p/1.ppm", "<<< p/1.ppm", "--stdin paths <<< p/1.ppm", "--files-from list",
    "--files-from - < list", "--files-from <(cat list)", "-0 < list0", "--files0-from list0",
    "folder", "link", "--plain p/1.ppm | cg-prep", "stream", "- < stream",
  ])
  func `an image is the same whichever way it comes`(input: String) throws {
    let outcome = try shell(
      """
      echo p/1.ppm > list; printf 'p/1.ppm\\0' > list0; cg-prep --plain p/1.ppm > stream
      mkdir -p folder/a/b; cp p/1.ppm folder/a/b; ln -s p/1.ppm link; ln -s .. folder/a/up
      cg-prep \(input) | cg-prep -o - --format ppm - | cmp - p/1.ppm
      """)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test func `contents decide what a file is, and never its extension`() throws {
    for (i, name) in ["png-rgb.png", "jpeg-baseline.jpg", "webp-lossless.webp"].enumerated() {
      try shell.copyFixture(name, to: "\(i)")
    }
    let outcome = try shell(
      """
      cp p/0.ppm 3
      for file in 0 1 2 3; do
        for name in x x.png x.jpg x.webp x.txt x.PPM; do cp $file $name; cg-prep --plain $name | cksum; done
      done | sort -u | wc -l
      """)
    #expect(outcome.output == "4\n")
  }

  @Test func `lists are bytes: no quotes, no trimming, empty lines left out`() throws {
    let outcome = try shell(
      #"""
      names=("  two spaces " '"quoted"' "'" '*' $'tab\t' $'\xff' -o)
      for name in "${names[@]}"; do cp p/0.ppm "p/$name"; done
      (printf '\n\n'; printf 'p/%s\n\n' "${names[@]}") | cg-prep -o out/ > made
      printf '%s\0' p/$'line\n' p/0.ppm >> list0; cp p/0.ppm p/$'line\n'
      cg-prep -0 -o out/ < list0 >> made; wc -l < made
      """#)
    #expect(outcome.output == "10\n", "\(outcome.errors)")
    #expect(outcome.status == 0)
  }

  @Test(arguments: [
    ("printf 'a\\0b\\0' | cg-prep", 64, "did you mean -0?"),
    ("printf 'a\\0b\\0' > l; cg-prep --files-from l", 64, "did you mean --files0-from?"),
    ("head -c 99999 /dev/zero | tr '\\0' x | cg-prep", 65, "a path of more than 65536 bytes"),
    ("cg-prep --files-from none", 66, "none: No such file or directory"),
    ("echo p | cg-prep", 65, "p: a folder in a list of files; find's -type f leaves folders out"),
    (
      "cg-prep --stdin image <<< hello", 65,
      "standard input: a text file, not a PNG, JPEG, WebP or PNM file"
    ),
    ("cg-prep --stdin stream <<< hello", 65, "standard input: damaged tensor stream at record 1"),
    ("cg-prep ''", 66, "'': No such file or directory"),
  ])
  func `what cannot be a list, a file or a stream is told with the way out`(
    command: String, status: Int, reason: String
  ) throws {
    let outcome = try shell("(\(command)) > out")
    #expect(outcome.status == Int32(status))
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
  }

  @Test func `a folder gives its images sorted by bytes, and counts what it leaves out`() throws {
    let outcome = try shell(
      """
      mkdir -p f/sub f/.git; cp p/0.ppm f/b; cp p/0.ppm f/B; cp p/0.ppm f/sub/a; cp p/0.ppm f/.git/c
      echo text > f/t; ln -s nowhere f/dangling; ln -s loop f/loop; ln -s .. f/sub/up; mkfifo f/fifo
      cg-prep f -o out/ -n | cut -f 1
      """)
    #expect(outcome.output == "f/B\nf/b\nf/sub/a\n")
    #expect(
      outcome.errors == """
        cg-prep: f: skipped 2 files that are not images: a device, a socket or a FIFO (1), a text \
        file (1); -v names them
        cg-prep: f/dangling: a symbolic link to a file that does not exist
        cg-prep: f/loop: Too many levels of symbolic links

        """)
    #expect(outcome.status == 1)
  }

  @Test func `files that are none are refused one by one, and their neighbours done`() throws {
    let outcome = try shell(
      #"""
      mkfifo fifo; ln -s me me; truncate -s 1T zeros; : > empty
      { printf '\x89PNG\r\n\x1a\n'; } > huge; truncate -s 1T huge
      long=$(printf 'd/%.0s' {1..2500})
      cg-prep /dev/zero /proc/self/mem fifo me zeros huge empty /dev/null p/0.ppm none/x $long/y \
        whole.png -o out/ 2> errors || echo $?
      sed 's/^cg-prep: //; s/^d\/.*: /long: /' errors
      """#, seconds: 20)
    #expect(
      outcome.output == """
        out/p/0.ppm
        out/whole.png
        66
        /dev/zero: a device, not a file
        /proc/self/mem: made by the kernel, not a file on a disk
        fifo: a FIFO that nobody writes to; start its writer first
        me: Too many levels of symbolic links
        zeros: not a PNG, JPEG, WebP or PNM file
        huge: 1099511627776 bytes; the limit is 268435456, see --max-bytes
        empty: an empty file, not an image
        /dev/null: an empty file, not an image
        none/x: No such file or directory
        long: File name too long
        2 of 12 images done, 10 failed

        """)
  }

  @Test func `several Netpbm images in one file or pipe are as many images`() throws {
    let outcome = try shell(
      """
      cat p/0.ppm p/1.ppm p/2.ppm > all.ppm; cg-prep all.ppm p/0.ppm -o out/
      cat p/0.ppm p/1.ppm | cg-prep -o out/
      cg-prep -o - --format ppm < all.ppm | cmp - all.ppm
      """)
    #expect(outcome.status == 0)
    let names = ["all-000001", "all-000002", "all-000003", "p/0"].map { "out/\($0).ppm\n" }
    #expect(outcome.output == names.joined() + "out/000001.png\nout/000002.png\n")
  }

  @Test(arguments: ["p/0.ppm", "whole.png"])
  func `every image of a slow pipe comes out before the next one arrives`(
    file: String
  ) throws {
    let outcome = try shell(
      """
      cg-prep \(file) --plain > frame; mkfifo in out
      cg-apply -w AB.bin --plain < in > out & exec 3> in 4< out
      one=$(cg-apply -w AB.bin --plain < frame | wc -c)
      for i in 1 2 3; do cat frame >&3; head -c $one <&4 | wc -c; done
      """, seconds: 20)
    #expect(outcome.status == 0)
    #expect(Set(outcome.output.split(separator: "\n")).count == 1)
  }

  @Test(arguments: ["cat one >&3", "echo p/0.ppm >&3", "cat p/0.ppm >&3"])
  func `neither a list nor images nor a stream are read further than need be`(
    send: String
  ) throws {
    let outcome = try shell(
      """
      cg-prep p/0.ppm --plain > one; mkfifo in out
      cg-prep --plain < in > out & exec 3> in 4< out
      for i in 1 2 3; do \(send); head -c $(stat -c %s one) <&4 | cmp - one; done
      """, seconds: 20)
    #expect(outcome.status == 0)
  }
}

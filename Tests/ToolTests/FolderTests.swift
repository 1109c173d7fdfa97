import Foundation
import Testing

/// What folders and lists hold besides images that can be read: nothing is left out in silence.
@Suite struct FolderTests {
  let shell: Shell

  init() throws {
    shell = try Filter.shell()
    _ = try shell("mkdir d; cp p/0.ppm d/ok.ppm")
  }

  /// What makes a file that a user expects to be read, and why it is not.
  static let unreadable: [(make: String, reason: String)] = [
    (": > d/x.jpg", "an empty file, not an image"),
    ("echo '<!DOCTYPE html><p>404' > d/x.jpg", "a web page, not a PNG, JPEG, WebP or PNM file"),
    ("printf '\\n <HTML>' > d/x.png", "a web page, not a"),
    (
      "echo 'version https://git-lfs.github.com/spec/v1' > d/x.png", "git lfs pull brings the image"
    ),
    ("echo 'version https://git-lfs.github.com/spec/v1' > d/x", "a pointer of Git LFS"),
    ("printf 'II*\\0aaaa' > d/x.tif", "a TIFF image, not a"),
    ("printf 'MM\\0*aaaa' > d/x", "a TIFF image, not a"),
    ("printf 'GIF89aaaaa' > d/x.gif", "a GIF image"),
    ("printf '\\0\\0\\0\\30ftypheicaaaa' > d/x.heic", "a HEIF image"),
    ("printf '\\0\\0\\0\\30ftypavifaaaa' > d/x", "an AVIF image"),
    ("printf '\\377\\nxxxxxxxx' > d/x.jxl", "a JPEG XL image"),
    ("printf 'BM\\1\\2\\3\\4\\0\\0\\0\\0\\66\\0\\0\\0\\50\\0\\0\\0zz' > d/x.bmp", "a BMP image"),
    ("echo %PDF-1.4 > d/x", "a PDF document"),
    ("echo hello > d/x.jpeg", "a text file, not a"),
    ("head -c 99 /dev/zero > d/x.png", "not a PNG, JPEG, WebP or PNM file"),
    ("ln -s nowhere d/x", "a symbolic link to a file that does not exist"),
    ("ln -s x d/x", "Too many levels of symbolic links"),
  ]

  @Test(arguments: Filter.allCases, 0..<unreadable.count)
  func `what should be an image and cannot be read fails by name`(
    filter: Filter, row: Int
  ) throws {
    let (make, reason) = Self.unreadable[row]
    let outcome = try shell(
      "\(make); \(filter.command) --failures failed d > out || echo $?; tr '\\0' '|' < failed")
    let name = outcome.output.split(separator: "\n").last ?? ""
    #expect(outcome.output.hasPrefix("1\nd/x"))
    #expect(outcome.errors.contains("\(filter.rawValue): d/\(name.dropFirst(2).dropLast()): "))
    #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    #expect(outcome.errors.hasSuffix("1 of 2 images done, 1 failed\n"))
  }

  @Test(
    arguments: [
      ("echo hello > d/x.txt", "a text file (1)"), ("echo hello > d/x", "a text file (1)"),
      ("printf 'PK\\3\\4aaaa' > d/x.zip", "a zip archive (1)"),
      (": > d/x", "an empty file (1)"), ("head -c 99 /dev/zero > d/x", "of an unknown kind (1)"),
      ("cg-prep p > d/x.npys", "a NumPy array or a tensor stream (1)"),
      ("mkfifo d/x", "a device, a socket or a FIFO (1)"),
      ("echo '{}' > d/x.json; echo a,b > d/y.csv", "a text file (2)"),
    ])
  func `what is something else is skipped and counted by kind`(make: String, count: String) throws {
    let outcome = try shell("\(make); cg-prep d > out")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains(": \(count); -v names them\n"), "\(outcome.errors)")
  }

  @Test func `hidden files and the litter of other systems are passed over`() throws {
    let outcome = try shell(
      "echo x > d/.x.jpg; echo x > d/._x.jpg; echo x > d/.DS_Store; echo x > d/Thumbs.db; cg-prep d > out"
    )
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
  }

  @Test(arguments: [
    "mkdir e", "mkdir -p e/f/g", "mkdir e; echo hello > e/t", "mkdir e; touch e/.x",
  ])
  func `a folder without images is 65, and fails beside others`(make: String) throws {
    let outcome = try shell(
      "\(make); cg-prep e > out || echo $?; cg-prep e p -o o/ > list || echo $?; wc -l < list")
    #expect(outcome.output == "65\n1\n3\n")
    #expect(outcome.errors.contains("cg-prep: e: no images in this folder\n"))
  }

  @Test(.enabled(if: getuid() == 0 && Shell.has("setpriv"), "needs root and setpriv"))
  func `a file or a folder without permission fails by name`() throws {
    let outcome = try shell(
      """
      cp p/0.ppm d/closed.ppm; chmod 0 d/closed.ppm; mkdir d/sub; cp p/0.ppm d/sub; chmod 0 d/sub
      mkdir o; chmod 777 o; chmod -R a+rX . 2> none || true; chmod 0 d/closed.ppm d/sub
      bin=$(dirname "$(command -v cg-prep)")
      setpriv --reuid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
        "$bin/cg-prep" -o o/ d || echo $?
      """)
    #expect(outcome.output == "o/d/ok.ppm\n1\n")
    #expect(outcome.errors.contains("cg-prep: d/closed.ppm: Permission denied\n"))
    #expect(outcome.errors.contains("cg-prep: d/sub: Permission denied\n"))
  }

  @Test(.enabled(if: Shell.has("prlimit"), "needs prlimit"), arguments: [4, 5, 8])
  func `with few descriptors every file is done or named`(descriptors: Int) throws {
    try shell.makeImages(50, in: "many")
    let outcome = try shell(
      """
      prlimit --nofile=\(descriptors) cg-prep -o o/ --failures failed many > done || echo $? > status
      echo $(($(wc -l < done) + $(tr -cd '\\0' < failed | wc -c)))
      """)
    #expect(outcome.output.hasPrefix("50\n"), "\(outcome.output) \(outcome.errors)")
  }

  @Test func `a list of find with its folder does the files and names the folder`() throws {
    let outcome = try shell("(cd d && find . | cg-prep -o ../o/) || echo $?")
    #expect(outcome.output == "../o/ok.ppm\n1\n")
    #expect(outcome.errors.contains("cg-prep: .: a folder in a list of files"))
  }

  @Test func `a list in the form of another system is named for it`() throws {
    let outcome = try shell(
      """
      printf 'p/0.ppm\\r\\np/1.ppm\\r\\n' | cg-prep -o o/ || echo $?
      printf '\\357\\273\\277p/0.ppm\\np/1.ppm\\n' > list; cg-prep --files-from list -o o/ || echo $?
      """)
    #expect(outcome.output == "65\no/p/1.ppm\n1\n")
    #expect(outcome.errors.contains("the line ends in a carriage return"))
    #expect(outcome.errors.contains("the line begins with a byte order mark"))
  }

  @Test func `an image of another format on standard input is no list`() throws {
    let outcome = try shell("printf 'II*\\0\\n\\0\\0\\0' | cg-prep > out || echo $?")
    #expect(outcome.output == "65\n")
    #expect(outcome.errors.contains("standard input: a TIFF image, not a PNG, JPEG"))
  }
}

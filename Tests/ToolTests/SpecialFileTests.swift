import Foundation
import Testing

/// What has a path and is no file: sockets, devices, and files that the kernel makes.
@Suite struct SpecialFileTests {
  private let shell: Shell

  init() throws {
    shell = try Filter.shell()
    // Named from within its folder: the name of a socket is at most 107 bytes long.
    let made = try shell(
      "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")' || :")
    #expect(made.status == 0)
  }

  /// Files that could be waited for without end, or lose what they hold.
  static let special = [
    ("/proc/kmsg", "made by the kernel, not a file on a disk"),
    ("/proc/self/mounts", "made by the kernel, not a file on a disk"),
    ("/sys/kernel/uevent_seqnum", "made by the kernel, not a file on a disk"),
    ("/dev/zero", "a device, not a file"), ("/dev/tty", "a device, not a file"),
    ("link", "made by the kernel, not a file on a disk"),
  ]

  @Test(arguments: Filter.allCases)
  func `operands that are no files are refused by name, and their neighbors done`(
    filter: Filter
  ) throws {
    for (path, reason) in Self.special where path == "link" || exists(path) {
      let outcome = try shell(
        "ln -sf /proc/kmsg link; \(filter.command) \(path) p/0.ppm >out", seconds: 20)
      #expect(outcome.status == 66, "\(path): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("\(filter.rawValue): \(path): \(reason)\n"))
      #expect(outcome.errors.contains("1 of 2 images done, 1 failed"), "\(outcome.errors)")
    }
  }

  @Test(.enabled(if: Shell.has("python3"), "needs python3"))
  func `a socket is refused and says how to read one`() throws {
    let outcome = try shell("cg-prep socket -o o/", seconds: 20)
    #expect(outcome.status == 66)
    #expect(outcome.errors.contains("socket: a socket; send what comes from it to standard input"))
  }

  @Test(arguments: [
    "cg-apply -w FILE p/0.ppm", "cg-cycle -w AB.bin -W FILE p", "cg-weights show FILE",
    "cg-weights verify - <FILE", "cg-prep --files-from FILE", "cg-prep --files0-from - <FILE",
    "cg-prep - <FILE", "cg-prep <FILE", "cg-weights diff AB.bin FILE",
    "cg-prep --stdin=image <FILE",
  ])
  func `weights, lists and standard input are no such files either`(command: String) throws {
    for (path, reason) in Self.special where isReadable(path) {
      // What standard input is was opened by somebody else, for whom a terminal is none.
      if path == "/dev/tty" && command.contains("<") { continue }
      let command = command.replacing("FILE", with: path)
      let outcome = try shell("\(command) >out", seconds: 20)
      #expect(outcome.status == 66, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains(": \(reason)"), "\(command): \(outcome.errors)")
    }
  }

  @Test func `in a list they fail one by one`() throws {
    let outcome = try shell(
      "printf '%s\\n' /proc/kmsg /dev/zero p/0.ppm | cg-prep -o o/", seconds: 20)
    #expect(outcome.status == 1)
    #expect(outcome.output == "o/p/0.ppm\n")
    #expect(outcome.errors.contains("/proc/kmsg: made by the kernel, not a file on a disk"))
    #expect(outcome.errors.contains("/dev/zero: a device, not a file"))
  }

  @Test func `in a folder they are not opened, and folders of the kernel not walked into`() throws {
    let outcome = try shell(
      """
      ln -s /proc/kmsg p/kmsg; ln -s /proc/1/task p/tasks; ln -s /proc p/proc; ln -s /dev/tty p/tty
      cg-prep -v -o o/ p | wc -l; cg-prep -o o2/ /proc/self || echo $?
      """, seconds: 20)
    #expect(outcome.output == "3\n65\n", "\(outcome.errors)")
    #expect(outcome.errors.contains("cg-prep: p/kmsg: skipped, a file of the kernel\n"))
    #expect(outcome.errors.contains("cg-prep: p/tty: skipped, a device, a socket or a FIFO\n"))
    #expect(!outcome.errors.contains("p/proc/") && !outcome.errors.contains("p/tasks/"))
    #expect(outcome.errors.contains("/proc/self: no images in this folder"))
  }

  @Test func `pipes, FIFOs, descriptors and the null device are read as ever`() throws {
    let outcome = try shell(
      """
      mkfifo fifo; cat p/0.ppm >fifo &
      cg-prep -q fifo <(cat p/1.ppm) /dev/fd/7 /dev/stdin 7<p/2.ppm <p/0.ppm | wc -c
      cg-prep p p/0.ppm | wc -c; cg-prep --files-from /dev/null </dev/null | wc -c
      cg-prep -q - </dev/null | wc -c; cg-prep /dev/null || echo $?
      """, seconds: 20)
    let counts = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(outcome.errors.hasPrefix("cg-prep: /dev/null: an empty file, not an image\n"))
    #expect(counts.count > 4, "\(outcome.output)\(outcome.errors)")
    #expect(counts[2] == counts[3])
  }

  @Test(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"))
  func `a data set has no such files, and no run waits for them`() throws {
    let options = "-B p -o run --netG resnet_1blocks --ngf 4 --load-size 24 --crop-size 24"
    let named = try shell("cg-train -A /proc/kmsg \(options)", seconds: 30)
    #expect(named.status == 66 || named.status == 65, "\(named.errors)")
    #expect(named.errors.contains("made by the kernel"), "\(named.errors)")
    let listed = try shell("echo /proc/kmsg | cg-train -A @- \(options)", seconds: 30)
    #expect(listed.status == 66 || listed.status == 65, "\(listed.errors)")
    #expect(listed.errors.contains("made by the kernel"), "\(listed.errors)")
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func isReadable(_ path: String) -> Bool {
    path != "link" && FileManager.default.isReadableFile(atPath: path)
  }
}

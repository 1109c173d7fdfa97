import Foundation
import Testing

/// The progress line and what else is printed on the same terminal.
@Suite struct ProgressTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  static let widths = [30, 80, 200]

  /// Two images, a missing one, and one that the filter waits for.
  static let inputs = "p/0.ppm missing.png slow.ppm p/1.ppm"

  /// A FIFO that the filter waits for, held open for as long as its image has not come.
  private func slowImage() throws -> FileHandle {
    let path = shell.folder.appending(path: "slow.ppm").path()
    guard mkfifo(path, 0o600) == 0 else { throw POSIXError(.EIO) }
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw POSIXError(.EIO) }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  private func feed(_ fifo: FileHandle) throws {
    try fifo.write(contentsOf: try shell.bytes(of: "p/2.ppm"))
    // What nobody has read yet is lost with the last writer.
    var unread: Int32 = 1
    while ioctl(fifo.fileDescriptor, UInt(FIONREAD), &unread) == 0, unread > 0 { usleep(10_000) }
    try fifo.close()
  }

  /// Runs a filter that shows its line before, between and after what is printed.
  ///
  /// - Returns: What the terminal shows at the end.
  private func screen(
    _ command: String, columns: Int, after progress: String = "2/4 images"
  ) throws -> Screen {
    let terminal = try PseudoTerminal(columns: columns)
    let fifo = try slowImage()
    try terminal.start("exec \(command)", in: shell)
    try terminal.wait { $0.contains(progress) }
    try feed(fifo)
    #expect(try terminal.finish() == 66)
    return Screen(terminal.text, columns: columns == 0 ? 80 : columns)
  }

  @Test(arguments: [Filter.prep, .apply], widths)
  func `paths and messages on the terminal of the line look as they do without it`(
    filter: Filter, columns: Int
  ) throws {
    let screen = try screen("\(filter.command) -o o/ \(Self.inputs)", columns: columns)
    #expect(
      screen.lines == [
        "o/p/0.ppm", "\(filter.rawValue): missing.png: No such file or directory",
        "o/slow-000001.ppm",
        "o/p/1.ppm", "\(filter.rawValue): 3 of 4 images done, 1 failed",
      ])
    #expect(!screen.wrapped.contains { $0.contains("2/4 images") })
    #expect(screen.unknown.isEmpty)
  }

  @Test(arguments: Filter.allCases, widths)
  func `messages leave no remains of the line where only they go to the terminal`(
    filter: Filter, columns: Int
  ) throws {
    let output = filter == .cycle ? "" : "-o o/ -v"
    let screen = try screen(
      "\(filter.command) \(output) \(Self.inputs) > out", columns: columns,
      after: filter == .cycle ? "2 images" : "2/4 images")
    let done =
      filter == .cycle ? [] : ["p/0.ppm", "slow-000001.ppm", "p/1.ppm"].map { "\($0): done" }
    let failed = ["missing.png: No such file or directory"]
    let said = done.prefix(1) + failed + done.dropFirst() + ["3 of 4 images done, 1 failed"]
    #expect(screen.lines == said.map { "\(filter.rawValue): \($0)" })
    #expect(!screen.wrapped.contains { $0.contains("2/4 images") })
    #expect(try shell("grep -c . out").output == (filter == .cycle ? "6\n" : "3\n"))
  }

  @Test(arguments: Filter.allCases)
  func `the table of a terminal has no line drawn into it, and messages elsewhere no escapes`(
    filter: Filter
  ) throws {
    let output = filter == .cycle ? "-o o" : "-o o/"
    let terminal = try PseudoTerminal(columns: 80)
    try terminal.start(
      "exec \(filter.command) --progress \(output) p missing.png 2> errors", in: shell)
    #expect(try terminal.finish() == 66)
    #expect(!terminal.text.contains("\u{1B}") && !terminal.text.contains("images"))
    let errors = try shell("cat errors").output
    #expect(!errors.contains("\u{1B}") && !errors.contains("\r"))
    #expect(errors.contains("4/4 images"))
  }

  @Test func `the line follows the window`() throws {
    let terminal = try PseudoTerminal(columns: 200)
    let fifo = try slowImage()
    try terminal.start("exec cg-prep -o o/ \(Self.inputs)", in: shell)
    try terminal.wait { $0.contains("/s, 50 %") }
    try terminal.resize(columns: 20)
    try terminal.wait { text in
      let last = text.split(separator: "\u{1B}[K").last ?? ""
      return last.contains("2/4 images") && !last.contains("/s") && last.count <= 20
    }
    try feed(fifo)
    #expect(try terminal.finish() == 66)
  }

  @Test
  func `a terminal without a width is taken for one of 80 columns, and a dumb one gets no line`()
    throws
  {
    let screen = try screen("cg-prep -o o/ \(Self.inputs)", columns: 0)
    #expect(screen.lines.last == "cg-prep: 3 of 4 images done, 1 failed")
    let terminal = try PseudoTerminal(columns: 80)
    try terminal.start("TERM=dumb exec cg-prep --progress -o o2/ p", in: shell)
    #expect(try terminal.finish() == 0)
    #expect(terminal.text.contains("3/3 images") && !terminal.text.contains("\u{1B}"))
  }

  @Test func `unfinished lines are not drawn over`() throws {
    let screen = try screen("cg-prep --print0 -o o/ \(Self.inputs)", columns: 80)
    let text = screen.lines.joined(separator: "\n")
    #expect(text.hasPrefix("o/p/0.ppm\0cg-prep: missing.png: No such file or directory\n"))
  }

  @Test(.enabled(if: Shell.hasTrainer, "this build leaves out cg-train"), arguments: widths)
  func `the line of cg-train fits the terminal, whatever is printed meanwhile`(columns: Int) throws
  {
    let terminal = try PseudoTerminal(columns: columns)
    let start = Date()
    try terminal.start(
      """
      exec cg-train -A p -B p -o run --netG resnet_6blocks --ngf 4 --ndf 4 --load-size 24 \
        --crop-size 24 -t 1 --seed 1 --n-epochs 100000
      """, in: shell)
    func draws(_ text: String) -> Int { text.split(separator: " steps").count - 1 }
    try terminal.wait { draws($0) >= 3 }
    terminal.send(SIGUSR1)
    try terminal.wait { $0.contains("saved after step") }
    let before = draws(terminal.text)
    try terminal.wait { draws($0) > before }
    terminal.send(SIGINT)
    #expect(try terminal.finish() == 128 + SIGINT)
    let text = terminal.text
    #expect(Double(draws(text)) <= 10 * Date().timeIntervalSince(start) + 2)
    #expect(text.contains("identity ") == (columns == 200))
    #expect(text.contains(", D 0.") || text.contains(", D 1.") || columns == 30)
    let screen = Screen(text, columns: columns)
    #expect(!screen.wrapped.contains { $0.contains(" steps") && $0.contains(" left") })
    #expect(screen.lines.allSatisfy { $0.hasPrefix("cg-train: ") }, "\(screen.lines)")
    #expect(screen.lines.last?.hasPrefix("cg-train: run: stopped and saved after step") == true)
  }
}

import Testing

@testable import CycleGAN

/// Files of several images where only paths are wanted, as training wants them.
@Suite struct ConcatenatedSourceTests {
  @Test(arguments: ["png-rgb.png", "jpeg-baseline.jpg", "webp-lossy.webp"])
  func `a file of several images gives them all, and a file of one its path`(name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try ImageFixture(name).bytes
    let (one, three) = (folder.path.appending("one"), folder.path.appending("three"))
    try AtomicFile.write(bytes, to: one)
    try AtomicFile.write(bytes + bytes + bytes, to: three)
    var selection = InputSelection()
    selection.operands = [one, three]
    let source = try Source(selection, files: .locate, diagnostics: Diagnostics(tool: "test"))
    var (paths, images) = (0, 0)
    while let input = try source.next() {
      switch input.content {
      case .success(.file(let path)) where path == one: paths += 1
      case .success(.encoded(let own)) where own == bytes: images += 1
      default: Issue.record("\(input.identity.label)")
      }
    }
    #expect(paths == 1)
    #expect(images == 3)
  }
}

import CycleGAN
import Foundation
import Testing

@testable import CycleGANTraining

@Suite struct ImageGatheringTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["c.ppm", "a.ppm", "sub/b.png"] {
      let path = folder.path.appending("images/\(name)").string
      let parent = FilePath(path).directory.string
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      let image = try Image(TrainingMaterial.image(0, name.utf8.count, channels: 3, side: 8))
      try AtomicFile.write(
        image.encoded(as: name.hasSuffix("png") ? .png : .ppm), to: FilePath(path))
    }
    try AtomicFile.write(Array("hello".utf8), to: folder.path.appending("images/notes.txt"))
  }

  @Test func `a folder is its images, sorted by path, and what else is there is counted`() throws {
    let (images, notes) = try gather(path("images"))
    #expect(names(images) == ["a.ppm", "c.ppm", "b.png"])
    #expect(notes.count == 1)
    #expect(notes.first?.contains("skipped 1 file ") == true)
  }

  @Test(arguments: ["\n", "\0"])
  func `a list is taken in its own order, lines or NUL`(separator: String) throws {
    let text = ["c.ppm", "a.ppm"].map { path("images/\($0)") }.joined(separator: separator)
    try AtomicFile.write(Array((text + separator).utf8), to: folder.path.appending("list"))
    let (images, _) = try gather("@" + path("list"))
    #expect(names(images) == ["c.ppm", "a.ppm"])
  }

  @Test(arguments: [false, true])
  func `a stream's frames are images, and may be read again or not`(plain: Bool) throws {
    let stream = path("stream.npys")
    try writeStream(to: stream, plain: plain)
    let (images, _) = try gather(stream)
    #expect(images.count == 2)
    #expect(images.failedBefore == (plain ? 0 : 1))
    var random = RandomSource(seed: 0)
    let preparation = ImagePreparation(
      Preprocessing(mode: .resizeAndCrop, loadSize: 8, cropSize: 8, flips: false))
    for i in [1, 0, 1] {
      let prepared = try images.prepared(i, preparation, random: &random)
      let image = TrainingMaterial.image(1, i, channels: 3, side: 8)
      #expect(Frame(prepared.image) == image)
    }
  }

  @Test func `a FIFO's frames and images are kept in memory`() throws {
    let bytes = Array(try ByteReader(FilePath(path("images/a.ppm"))).readAll())
    let fifo = path("fifo")
    #expect(mkfifo(fifo, 0o600) == 0)
    let writer = Thread {
      let descriptor = open(fifo, O_WRONLY)
      _ = write(descriptor, bytes + bytes, 2 * bytes.count)
      close(descriptor)
    }
    writer.start()
    let (images, _) = try gather(fifo)
    #expect(images.count == 2)
  }

  @Test(arguments: [
    ("missing", CycleGAN.ExitStatus.noInput), ("@missing", .noInput),
    ("images/notes.txt", .badData),
    ("empty", .badData), ("emptyFile", .badData),
  ])
  func `what holds no images is refused with the status of its kind`(
    name: String, status: CycleGAN.ExitStatus
  ) throws {
    try FileManager.default.createDirectory(
      atPath: path("empty"), withIntermediateDirectories: true)
    try AtomicFile.write([], to: folder.path.appending("emptyFile"))
    let operand = name.hasPrefix("@") ? "@" + path(String(name.dropFirst())) : path(name)
    let error = #expect(throws: TrainingError.self) { try gather(operand) }
    #expect(error?.status == status)
  }

  @Test func `max-dataset-size takes the first images`() throws {
    let gathering = ImageGathering(maximumCount: 2, diagnostics: Diagnostics(tool: "test"))
    let images = try gathering.images(
      of: path("images"), cache: ImageCache(maximumBytes: 1 << 20))
    #expect(names(images) == ["a.ppm", "c.ppm"])
  }

  @Test func `another image, name or order gives another fingerprint, another folder does not`()
    throws
  {
    let before = try gather(path("images")).0.fingerprint
    try FileManager.default.moveItem(atPath: path("images"), toPath: path("moved"))
    #expect(try gather(path("moved")).0.fingerprint == before)
    try FileManager.default.moveItem(atPath: path("moved/a.ppm"), toPath: path("moved/d.ppm"))
    #expect(try gather(path("moved")).0.fingerprint != before)
  }

  @Test func `other contents under the same names give another fingerprint`() throws {
    let (file, before) = (path("images/a.ppm"), try gather(path("images")).0.fingerprint)
    var bytes = Array(try ByteReader(FilePath(file)).readAll())
    bytes[bytes.count - 1] ^= 1
    try AtomicFile.write(bytes, to: FilePath(file))
    let other = try gather(path("images")).0.fingerprint
    #expect(other != before)
    try AtomicFile.write(bytes + [0], to: FilePath(file))
    #expect(try gather(path("images")).0.fingerprint != other)
  }

  private func path(_ name: String) -> String { folder.path.appending(name).string }

  @discardableResult
  private func gather(_ operand: String) throws -> (TrainingImages, [String]) {
    let log = path("log")
    let descriptor = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    let diagnostics = Diagnostics(tool: "test", descriptor: descriptor)
    let images = try ImageGathering(diagnostics: diagnostics)
      .images(of: operand, cache: ImageCache(maximumBytes: 1 << 20))
    let notes = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    return (images, notes.map(String.init))
  }

  private func names(_ images: TrainingImages) -> [String] {
    images.items.indices.map { FilePath(images.name($0)).lastComponent.string }
  }

  private func writeStream(to path: String, plain: Bool) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    let writer = StreamWriter(ByteWriter(descriptor: descriptor), plain: plain)
    for i in 0..<2 {
      let image = TrainingMaterial.image(1, i, channels: 3, side: 8)
      try writer.write(image, name: FilePath("\(i).png"))
    }
    try writer.writeFailure(name: FilePath("2.png"), reason: "damaged PNG")
    try writer.finish()
  }
}

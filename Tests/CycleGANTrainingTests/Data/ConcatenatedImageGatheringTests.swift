import CycleGAN
import Glibc
import Testing

@testable import CycleGANTraining

@Suite struct ConcatenatedImageGatheringTests {
  @Test(arguments: ImageFormat.allCases, [false, true])
  func `images one behind the other are as many images`(format: ImageFormat, isFIFO: Bool) throws {
    let folder = try TemporaryFolder()
    let all = folder.path.appending("all")
    let path = isFIFO ? folder.path.appending("fifo") : all
    var bytes: [UInt8] = []
    for i in 0..<3 {
      let image = try Image(TrainingMaterial.image(0, i, channels: 3, side: 8))
      bytes += try image.encoded(as: format)
    }
    try AtomicFile.write(bytes, to: all)
    if isFIFO {
      #expect(mkfifo(path.string, 0o600) == 0)
      let writer = open(path.string, O_RDWR)
      try ByteWriter(descriptor: writer).write(bytes)
      // The reader holds the FIFO open by now; the end comes when the writer is closed.
      try BlockingThread {
        usleep(300_000)
        close(writer)
      }.detach()
    }
    let gathering = ImageGathering(diagnostics: Diagnostics(tool: "test"))
    let images = try gathering.images(of: path.string, cache: ImageCache(maximumBytes: 1 << 20))
    #expect(images.count == 3)
  }

  @Test func `one image in a file stays a file, which is read when it is needed`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("one.png")
    let image = try Image(TrainingMaterial.image(0, 0, channels: 3, side: 8))
    try AtomicFile.write(image.encoded(as: .png), to: path)
    let gathering = ImageGathering(diagnostics: Diagnostics(tool: "test"))
    let images = try gathering.images(of: path.string, cache: ImageCache(maximumBytes: 1 << 20))
    #expect(images.items == [.file(path)])
  }
}

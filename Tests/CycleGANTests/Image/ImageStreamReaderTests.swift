import Foundation
import Testing

@testable import CycleGAN

@Suite struct ImageStreamReaderTests {
  let small = Array("P5\n2 1\n255\n".utf8) + [0, 255]
  let bits = Array("P4 1 1\n".utf8) + [0x80]

  /// Reads images to the end or to an error; gray samples of each.
  func images(_ bytes: [UInt8]) throws -> (samples: [[UInt8]], error: CodecError?) {
    let reader = ImageStreamReader(try MemoryPipe.reader(of: bytes))
    var samples: [[UInt8]] = []
    while let result = try reader.next() {
      do throws(CodecError) {
        let image = try result.get().decoded().image
        samples.append(stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] })
      } catch {
        #expect(try reader.next() == nil)
        return (samples, error)
      }
    }
    return (samples, nil)
  }

  @Test func `images follow each other, with blanks between or without`() throws {
    let read = try images(small + bits + [0x0A, 0x20] + small + [0x0A])
    #expect(read.error == nil)
    #expect(read.samples == [[0, 255], [0], [0, 255]])
    #expect(try images([]).samples.isEmpty)
  }

  @Test func `images of text follow each other as well`() throws {
    let text = Array("P2 2 1 9\n0 9\nP2 1 1 9 0\n".utf8)
    let read = try images(small + text + small)
    #expect(read.error == nil)
    #expect(read.samples == [[0, 255], [0, 255], [0], [0, 255]])
  }

  @Test func `every prefix is whole images and then an error, never a part`() throws {
    let all = small + bits + small
    let ends = [0: 0, small.count: 1, small.count + bits.count: 2]
    for count in all.indices {
      let read = try images(Array(all.prefix(count)))
      #expect(read.samples == [[0, 255], [0], [0, 255]].prefix(read.samples.count).map(\.self))
      #expect((read.error == nil) == (ends[count] != nil), "\(count)")
    }
  }

  @Test func `rubbish behind an image is an error after it`() throws {
    let read = try images(small + Array("rubbish".utf8))
    #expect(read.samples == [[0, 255]])
    #expect(read.error == .unknownFormat)
  }

  @Test func `an image comes out while the next one is still to come`() throws {
    let pipe = MemoryPipe()
    try pipe.writer.write(bits)
    // The writer's end stays open, so that looking any further would wait for ever.
    let reader = ImageStreamReader(pipe.openReader)
    #expect(try reader.next() != nil)
    try pipe.writer.write(small)
    #expect(try reader.follows())
    #expect(try reader.next() != nil)
  }

  @Test func `a long comment in the header is read as far as it goes`() throws {
    let comment = Array("P5\n#".utf8) + [UInt8](repeating: 0x78, count: 5000)
    let read = try images(comment + Array("\n1 1\n255\n".utf8) + [7] + small)
    #expect(read.samples == [[7], [0, 255]])
  }
}

extension ImageStreamReader.Element {
  /// Decodes the image, if it is not decoded already.
  func decoded() throws(CodecError) -> DecodedImage {
    switch self {
    case .encoded(let bytes): try Image.decoded(bytes)
    case .decoded(let image): image
    }
  }
}

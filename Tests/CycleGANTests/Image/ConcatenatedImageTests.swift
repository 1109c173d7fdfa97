import Foundation
import Testing

@testable import CycleGAN

/// Images one behind the other, as `cat` and `ffmpeg -f image2pipe` write them.
@Suite struct ConcatenatedImageTests {
  /// Reads to the end; the pixels of every image.
  func images(
    _ bytes: [UInt8], _ options: DecodingOptions = .init()
  ) throws -> (images: [Image], trailing: Int) {
    let reader = ImageStreamReader(try MemoryPipe.reader(of: bytes), options: options)
    var images: [Image] = []
    while let result = try reader.next() { images.append(try result.get().decoded().image) }
    return (images, reader.trailingBytes)
  }

  @Test(arguments: ImageFixture.namesWithPixels)
  func `a file of any kind ends where the next one begins`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    let alone = try Image.decoded(bytes).image
    let other = try ImageFixture("jpeg-baseline.jpg").bytes
    let next = try Image.decoded(other).image
    let read = try images(bytes + other + bytes + bytes)
    #expect(read.images == [alone, next, alone, alone])
    #expect(read.trailing == 0)
    var sequence = ImageSequence(bytes + other + bytes)
    #expect(try sequence.next()?.image == alone)
    #expect(try sequence.next()?.image == next)
    #expect(try sequence.next()?.image == alone)
    #expect(try sequence.next() == nil)
  }

  @Test(arguments: ImageFixture.namesWithPixels)
  func `an image is whole before the next one arrives`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    let pipe = MemoryPipe()
    let reader = ImageStreamReader(pipe.openReader)
    for _ in 1...3 {
      try pipe.writer.write(bytes)
      // The writer's end stays open, so that looking any further would wait for ever.
      let result = try #require(try reader.next())
      guard case .success(.encoded(let own)) = result else { continue }
      #expect(own == bytes)
    }
  }

  @Test(arguments: ["png-rgb.png", "jpeg-baseline.jpg", "webp-lossy.webp"])
  func `padding and what cameras add are counted, and no image`(name: String) throws {
    let bytes = try ImageFixture(name).bytes
    let movie = Array("\0\0\0\u{18}ftypmp42".utf8) + [UInt8](repeating: 7, count: 5000)
    for trailer in [movie, [UInt8](repeating: 0, count: 300), Array("MotionPhoto_Data".utf8)] {
      let read = try images(bytes + trailer)
      #expect(read.images.count == 1)
      #expect(read.trailing == trailer.count)
      #expect(try Image.decoded(bytes + trailer).warnings.count == 1)
      var options = DecodingOptions()
      options.failOn = .warning
      #expect(throws: CodecError.self) { try Image.decoded(bytes + trailer, options: options) }
    }
    #expect(try images(bytes + [0x0A]).trailing == 0)
    #expect(try images(bytes + [UInt8](repeating: 0, count: 99) + bytes).images.count == 2)
  }

  @Test(arguments: ["png-rgb.png", "jpeg-baseline.jpg", "webp-lossy.webp"])
  func `every prefix of two images is whole images and at most one that is cut`(
    name: String
  ) throws {
    let bytes = try ImageFixture(name).bytes
    let all = bytes + bytes
    for count in Swift.stride(from: 1, through: all.count, by: 7) {
      let reader = ImageStreamReader(try MemoryPipe.reader(of: Array(all.prefix(count))))
      var (whole, failed) = (0, 0)
      while let result = try reader.next() {
        do throws(CodecError) {
          _ = try result.get().decoded()
          whole += 1
        } catch {
          failed += 1
        }
      }
      #expect(whole == count / bytes.count)
      // A few bytes are not recognized as an image yet, and are a trailer.
      #expect(failed == (count % bytes.count == 0 || reader.trailingBytes > 0 ? 0 : 1), "\(count)")
    }
  }

  @Test func `an image above the limit ends a pipe, and is named by it`() throws {
    let bytes = try ImageFixture("png-rgb.png").bytes
    var options = DecodingOptions()
    options.maximumBytes = bytes.count - 1
    let reader = ImageStreamReader(try MemoryPipe.reader(of: bytes + bytes), options: options)
    guard case .success(.encoded(let own))? = try reader.next() else {
      Issue.record("not encoded")
      return
    }
    #expect(own.count == bytes.count)
    #expect(try reader.next() == nil)
  }

  /// A JPEG with the index of a second image at `offset` bytes behind the index.
  func multiPicture(_ bytes: [UInt8], parts: [(offset: Int, count: Int)]) -> [UInt8] {
    var index = Array("II*\0".utf8)
    index.append(UInt32(8), .littleEndian)
    index.append(UInt16(1), .littleEndian)
    index.append(UInt16(0xB002), .littleEndian)
    index.append(UInt16(7), .littleEndian)
    index.append(UInt32(16 * parts.count), .littleEndian)
    index.append(UInt32(26), .littleEndian)
    index.append(UInt32(0), .littleEndian)
    for part in parts {
      index.append(UInt32(0), .littleEndian)
      index.append(UInt32(part.count), .littleEndian)
      index.append(UInt32(part.offset), .littleEndian)
      index.append(UInt32(0), .littleEndian)
    }
    var segment: [UInt8] = [0xFF, 0xE2]
    segment.append(UInt16(2 + 4 + index.count), .bigEndian)
    return bytes[..<2] + segment + Array("MPF\0".utf8) + index + bytes[2...]
  }

  @Test func `a multi-picture JPEG is one image, and one that lost its others is one, too`()
    throws
  {
    let bytes = try ImageFixture("jpeg-baseline.jpg").bytes
    let length = multiPicture(bytes, parts: [(0, 0), (0, 0)]).count
    // The index begins ten bytes from the start of the file.
    let parts = [(offset: 0, count: length), (offset: length - 10, count: bytes.count)]
    let first = multiPicture(bytes, parts: parts)
    let whole = first + bytes
    #expect(try images(whole + whole).images.count == 2)
    #expect(try images(whole + whole).trailing == 0)
    #expect(try Image.decoded(whole).warnings.isEmpty)
    let png = try ImageFixture("png-rgb.png").bytes
    #expect(try images(first + png + first).images.count == 3)
  }
}

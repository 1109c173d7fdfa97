import CycleGAN
import Foundation
import Testing

@Suite struct StreamWriterTests {
  let frame = Frame(Image(width: 1, height: 1, channels: 1, pixels: [7]))

  @Test func `what is written is read`() throws {
    let odd = FilePath(bytes: [0x66, 0xE9, 0x0A, 0x2E])
    let bytes = try written { writer throws(SystemError) in
      try writer.write(frame, name: odd)
      try writer.writeFailure(name: FilePath("b \"ö\".jpg"), reason: "damaged\n")
      try writer.write(frame, name: nil)
      try writer.writeFailure(name: nil, reason: "lost")
      try writer.finish()
    }
    let reading = try Reading(bytes)
    #expect(reading.error == nil)
    #expect(
      reading.records == [
        .frame(frame, name: odd), .failure(name: FilePath("b \"ö\".jpg"), reason: "damaged\n"),
        .frame(frame, name: nil), .failure(name: nil, reason: "lost"),
        .end(frames: 2, failed: 2),
      ])
  }

  @Test func `an empty stream is an end note`() throws {
    let bytes = try written { writer throws(SystemError) in try writer.finish() }
    let text = #"{"end":true,"frames":0,"failed":0,"crc32":0}"#
    #expect(bytes == NPY.header(.uint8, shape: [text.utf8.count]) + Array(text.utf8))
    #expect(try Reading(bytes).records == [.end(frames: 0, failed: 0)])
  }

  @Test func `a plain stream is frames only`() throws {
    let bytes = try written(plain: true) { writer throws(SystemError) in
      try writer.write(frame, name: FilePath("a"))
      try writer.writeFailure(name: FilePath("b"), reason: "damaged")
      try writer.finish()
    }
    #expect(try bytes == NPY.record(of: frame))
  }

  @Test func `a name that is not UTF-8 can be read and can be used`() throws {
    let bytes = try written { writer throws(SystemError) in
      try writer.writeFailure(name: FilePath(bytes: [0x66, 0xE9]), reason: "x")
    }
    let text = String(decoding: bytes.dropFirst(128), as: UTF8.self)
    #expect(text == "{\"name\":\"f\u{FFFD}\",\"name_base64\":\"Zuk=\",\"error\":\"x\"}")
  }

  @Test func `a full disk is an error`() throws {
    let writer = StreamWriter(ByteWriter(descriptor: open("/dev/full", O_WRONLY)))
    #expect(throws: SystemError.self) { try writer.write(frame, name: nil) }
  }
}

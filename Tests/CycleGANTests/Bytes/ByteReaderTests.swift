import CycleGAN
import Foundation
import Testing

@Suite struct ByteReaderTests {
  @Test func `looking ahead takes nothing`() throws {
    let reader = try MemoryPipe.reader(of: [1, 2, 3, 4, 5])
    #expect(try reader.peek(3) == [1, 2, 3])
    #expect(reader.offset == 0)
    #expect(try reader.read(upTo: 2) == [1, 2])
    #expect(try reader.peek(9) == [3, 4, 5])
    #expect(try reader.readExactly(9) == [3, 4, 5])
    #expect(reader.offset == 5)
    #expect(try reader.read(upTo: 1).isEmpty)
  }

  @Test func `reading all stops one byte above the limit`() throws {
    let bytes = [UInt8](repeating: 7, count: 1000)
    #expect(try MemoryPipe.reader(of: bytes).readAll(limit: 1000).count == 1000)
    #expect(try MemoryPipe.reader(of: bytes).readAll(limit: 10).count == 11)
  }

  @Test func `a non-blocking pipe is waited for at both ends`() async throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    for end in ends { try #require(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let (output, input) = (ends[0], ends[1])
    let writing = Thread {
      let writer = ByteWriter(descriptor: input)
      try? writer.write(bytes)
      try? writer.close()
    }
    writing.start()
    #expect(try ByteReader(descriptor: output, closes: true).readAll() == bytes)
  }

  @Test func `a full disk and a folder are named`() throws {
    let full = ByteWriter(descriptor: open("/dev/full", O_WRONLY))
    let error = #expect(throws: SystemError.self) { try full.write([1]) }
    #expect(error?.description == "No space left on device")
    try full.close()
    let folder = try ByteReader(FilePath("/"))
    #expect(throws: SystemError(code: EISDIR)) { try folder.read(upTo: 1) }
  }

  @Test func `checksums are zlib's`() {
    #expect(crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(crc32(Array("6789".utf8), crc32(Array("12345".utf8))) == 0xCBF4_3926)
    #expect(crc32([], 5) == 5)
  }
}

import CycleGAN
import Testing

@Suite struct ByteCursorTests {
  @Test func `numbers have the bytes of their type in the order asked for`() {
    #expect(UInt32(0x0102_0304).bytes(.littleEndian) == [4, 3, 2, 1])
    #expect(UInt32(0x0102_0304).bytes(.bigEndian) == [1, 2, 3, 4])
    #expect(Int16(-2).bytes(.littleEndian) == [0xFE, 0xFF])
    #expect(UInt8(7).bytes(.bigEndian) == [7])
    for number in [.min, -1, 0, 1, 0x0123_4567_89AB_CDEF, .max] as [Int64] {
      #expect(Int64(number.bytes(.littleEndian), .littleEndian) == number)
      #expect(Int64(number.bytes(.bigEndian), .bigEndian) == number)
    }
    var bytes: [UInt8] = [9]
    bytes.append(UInt16(0x0102), .bigEndian)
    #expect(bytes == [9, 1, 2])
  }

  @Test func `missing high bytes are zero`() {
    #expect(UInt64([1, 2], .littleEndian) == 0x0201)
    #expect(UInt64([1, 2], .bigEndian) == 0x0102)
    #expect(UInt64([], .littleEndian) == 0)
  }

  @Test func `a cursor reads one thing after the other, from a slice too`() throws {
    var cursor = ByteCursor(Buffer([0xFF, 1, 2, 3, 4, 5, 6, 7])[1...])
    #expect(cursor.count == 7)
    #expect(try cursor.read(UInt8.self, .littleEndian) == 1)
    #expect(try cursor.read(UInt16.self, .littleEndian) == 0x0302)
    #expect(try cursor.read(UInt16.self, .bigEndian) == 0x0405)
    #expect(cursor.offset == 5 && cursor.remaining == 2 && !cursor.isAtEnd)
    #expect(try cursor.readBytes(2) == [6, 7])
    #expect(cursor.isAtEnd)
    try cursor.seek(to: 1)
    try cursor.skip(1)
    #expect(try cursor.readBytes(1) == [3])
  }

  @Test func `a read beyond the end fails and leaves the cursor where it was`() throws {
    var cursor = ByteCursor([1, 2, 3])
    try cursor.skip(1)
    #expect(throws: EndOfBytes.self) { try cursor.read(UInt32.self, .littleEndian) }
    #expect(throws: EndOfBytes.self) { try cursor.readBytes(3) }
    #expect(throws: EndOfBytes.self) { try cursor.readBytes(.max) }
    #expect(throws: EndOfBytes.self) { try cursor.skip(3) }
    #expect(throws: EndOfBytes.self) { try cursor.seek(to: 4) }
    #expect(throws: EndOfBytes.self) { try cursor.seek(to: -1) }
    #expect(cursor.offset == 1)
    #expect(try cursor.read(UInt16.self, .littleEndian) == 0x0302)
    #expect(try cursor.readBytes(0).isEmpty)
  }
}
